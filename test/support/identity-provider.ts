import { createServer, type IncomingMessage } from 'node:http';
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
  readonly #server = createServer(async (request, response) => {
    const answer = await this.#take(request);
    if (answer === undefined) return;
    response.writeHead(answer.status ?? 200).end(typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body));
  });

  constructor(answer: (count: number) => TokenAnswer | undefined) {
    this.#answer = answer;
  }

  /** Returns the endpoint's address. */
  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/oauth2/token`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #take(request: IncomingMessage): Promise<TokenAnswer | undefined> {
    this.asked.push({ authorization: request.headers.authorization, form: new URLSearchParams(await text(request)) });
    return this.#answer(this.asked.length);
  }
}
