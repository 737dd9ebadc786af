import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

export interface TokenAnswer {
  readonly status?: number;
  readonly body: unknown;
}

interface Asked {
  readonly authorization: string | undefined;
  readonly form: URLSearchParams;
}

/** A token that brokers take which ask for no signature. `lifeS`: from now on; negative where it has expired. */
export function unsignedToken(subject: string, lifeS: number): string {
  const now = Date.now() / 1_000;
  const parts = [{ alg: 'none' }, { sub: subject, iat: now - 60, exp: now + lifeS }];
  return `${parts.map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')}.`;
}

/** An endpoint of OAuth 2.0 that answers as `answer` says; undefined: never. `await using`. */
export class IdentityProvider {
  readonly asked: Asked[] = [];
  readonly #answer: (count: number) => TokenAnswer | undefined;
  readonly #tls: boolean;
  readonly #server;

  /** `tls`: with this certificate, for 127.0.0.1. */
  constructor(answer: (count: number) => TokenAnswer | undefined, tls?: { readonly key: string; readonly cert: string }) {
    this.#answer = answer;
    this.#tls = tls !== undefined;
    const serve = (request: IncomingMessage, response: ServerResponse) => this.#serve(request, response);
    this.#server = tls === undefined ? createServer(serve) : createTlsServer(tls, serve);
  }

  /** Returns the endpoint's address. */
  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `${this.#tls ? 'https' : 'http'}://127.0.0.1:${(this.#server.address() as AddressInfo).port}/oauth2/token`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const answer = await this.#take(request);
    if (answer === undefined) return;
    response.writeHead(answer.status ?? 200).end(typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body));
  }

  async #take(request: IncomingMessage): Promise<TokenAnswer | undefined> {
    this.asked.push({ authorization: request.headers.authorization, form: new URLSearchParams(await text(request)) });
    return this.#answer(this.asked.length);
  }
}
