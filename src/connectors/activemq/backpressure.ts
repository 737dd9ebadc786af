import type { AmqpConnection } from './amqp-connection.ts';

/** What may lie unread in memory, over all links of a connection. */
export const MAX_BUFFERED_BYTES = 16 * 1024 * 1024;

/**
 * The last resort where messages turn out much larger than those that credit was given for: the connection is not read any
 * further until most of what came has been taken.
 */
export class Backpressure {
  readonly #connection: AmqpConnection;
  #bytes = 0;

  constructor(connection: AmqpConnection) {
    this.#connection = connection;
  }

  /** Bytes came, or were taken (negative). */
  add(bytes: number): void {
    this.#bytes += bytes;
    if (bytes > 0 && this.#bytes > MAX_BUFFERED_BYTES) this.#connection.pause();
    else if (bytes < 0 && this.#bytes < MAX_BUFFERED_BYTES / 2) this.#connection.resume();
  }
}
