/** What may lie in memory, received and not handed out, of all partitions of a run. */
export const RECEIVE_ROOM_BYTES = 16 * 1024 * 1024;
/** Reading goes on at this, so that it does not stop and go with every message. */
const RESUME_BYTES = RECEIVE_ROOM_BYTES / 2;

/** A connection that can be left unread. Either may be called again. */
export interface Pausable {
  pause(): void;
  resume(): void;
}

/**
 * For sources to which a server sends without being asked for each message: counts what all partitions of a run received and did not
 * hand out, and leaves the connection unread while it is too much.
 */
export class ReceiveRoom {
  readonly #connection: Pausable;
  #bytes = 0;

  constructor(connection: Pausable) {
    this.#connection = connection;
  }

  add(bytes: number): void {
    this.#bytes += bytes;
    if (this.#bytes >= RECEIVE_ROOM_BYTES) this.#connection.pause();
  }

  remove(bytes: number): void {
    this.#bytes -= bytes;
    if (this.#bytes <= RESUME_BYTES) this.#connection.resume();
  }
}
