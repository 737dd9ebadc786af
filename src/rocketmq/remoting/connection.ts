import type { Socket } from 'node:net';
import { ConnectError } from '../../api/index.ts';
import { patience } from '../../kit/index.ts';
import { noAnswer, notAnswering, Unanswered } from './connection-error.ts';
import { decodeFrame, encodeHead, type RemotingRequest, type RemotingResponse } from './frame.ts';
import { FrameReader } from './frame-reader.ts';
import { type OpenSocket, openSocket, type SocketTls } from './socket.ts';

interface Pending {
  /** Ends the waiting for an answer. */
  readonly heard: () => void;
  resolve(response: RemotingResponse): void;
  reject(error: ConnectError): void;
}

/** One connection to a name server, broker or proxy. Requests may overlap. It holds no timer while no request is under way. */
export class RemotingConnection {
  readonly #address: string;
  readonly #tls: boolean;
  readonly #socket: Socket;
  readonly #reset: () => void;
  readonly #frames = new FrameReader();
  readonly #pending = new Map<number, Pending>();
  #opaque = 0;
  #answered = false;
  #retired = false;
  #usedAt = Date.now();

  private constructor({ socket, reset }: OpenSocket, address: string, tls: boolean) {
    this.#address = address;
    this.#tls = tls;
    this.#socket = socket;
    this.#reset = reset;
    socket.on('data', (chunk) => this.#receive(chunk));
    socket.on('error', (error) => this.#fail(error));
    socket.on('close', () => this.#fail());
  }

  static async open(address: string, tls: SocketTls | undefined, timeoutMs: number): Promise<RemotingConnection> {
    return new RemotingConnection(await openSocket(address, tls, timeoutMs), address, tls !== undefined);
  }

  /**
   * False once it has failed, or was idle so long that the server or a firewall may have ended it, or that it died while the process was
   * frozen.
   */
  usable(maxIdleMs: number): boolean {
    return !this.#retired && (this.#pending.size > 0 || Date.now() - this.#usedAt < maxIdleMs);
  }

  /** Resolves when the connection has ended. */
  get closed(): Promise<void> {
    return new Promise((resolve) => (this.#socket.closed ? resolve() : this.#socket.once('close', resolve)));
  }

  /**
   * Rejects with a retriable ConnectError UNREACHABLE or TIMEOUT (Unanswered, if it is ordered). It is then unknown whether the server
   * acted on the request.
   */
  request(request: RemotingRequest, timeoutMs: number): Promise<RemotingResponse> {
    if (this.#retired) return Promise.reject(this.#lost());
    const opaque = this.#opaque++;
    this.#usedAt = Date.now();
    return new Promise((resolve, reject) => {
      const heard = patience(timeoutMs, () => this.#timeOut(opaque, timeoutMs, request.ordered));
      this.#pending.set(opaque, { heard, resolve, reject });
      this.#socket.cork();
      this.#socket.write(encodeHead(request, opaque));
      if (request.body !== undefined) this.#socket.write(request.body);
      this.#socket.uncork();
    });
  }

  /** Takes no more requests, and closes once those under way are settled. */
  retire(): void {
    this.#retired = true;
    if (this.#pending.size === 0) this.#socket.destroy();
  }

  /** Closes now. Requests under way reject. */
  close(): void {
    this.#fail();
  }

  #receive(chunk: Buffer): void {
    try {
      for (const frame of this.#frames.push(chunk)) {
        const answer = decodeFrame(frame);
        if (answer !== undefined) this.#take(answer.opaque)?.resolve(answer.response);
        this.#answered = true;
        this.#usedAt = Date.now();
      }
    } catch (error) {
      this.#fail(error);
    }
  }

  #take(opaque: number): Pending | undefined {
    const pending = this.#pending.get(opaque);
    this.#pending.delete(opaque);
    pending?.heard();
    if (this.#retired) this.retire();
    return pending;
  }

  /** A request without an answer may mean a dead connection. Later requests take a new one, and those under way may still finish. */
  #timeOut(opaque: number, timeoutMs: number, ordered = false): void {
    this.#retired = true;
    const pending = this.#pending.get(opaque);
    if (!ordered) {
      this.#take(opaque);
      pending?.reject(noAnswer(this.#address, timeoutMs));
      return;
    }
    const { promise: settled, resolve } = Promise.withResolvers<RemotingResponse | undefined>();
    const late = { heard: () => {}, resolve, reject: () => resolve(undefined) };
    this.#pending.set(opaque, late);
    // Other requests on it fail because the connection is lost, and their callers send them again.
    const giveUp = () => this.#pending.get(opaque) === late && this.#fail();
    pending?.reject(new Unanswered(this.#address, timeoutMs, settled, giveUp));
  }

  #fail(cause?: unknown): void {
    this.#retired = true;
    if (this.#pending.size > 0) this.#reset();
    else this.#socket.destroy();
    for (const opaque of [...this.#pending.keys()]) this.#take(opaque)?.reject(this.#lost(cause));
  }

  #lost(cause?: unknown): ConnectError {
    if (!this.#answered) return notAnswering(this.#address, this.#tls, cause);
    return new ConnectError('UNREACHABLE', `rocketmq.endpoints: the connection to ${this.#address} was lost`, { retriable: true, cause });
  }
}
