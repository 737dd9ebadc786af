import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { Socket } from 'node:net';

const CHANNEL = 'net.client.socket';

/** The TCP sockets that this process opens from its making on to its disposal, whichever client opens them. */
export class OpenedSockets implements Disposable {
  readonly #sockets: Socket[] = [];
  readonly #note = (message: unknown) => void this.#sockets.push((message as { readonly socket: Socket }).socket);

  constructor() {
    subscribe(CHANNEL, this.#note);
  }

  /** How many of them still take up a place in this process. One that only said its last word does. */
  get left(): number {
    return this.#sockets.filter(({ destroyed }) => !destroyed).length;
  }

  [Symbol.dispose](): void {
    unsubscribe(CHANNEL, this.#note);
  }
}
