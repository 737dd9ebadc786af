import type { Intake } from './intake.ts';

/** What may wait in memory; one message more for each partition, because its size is known only when it is there. */
export const ROOM_BYTES = 16 * 1024 * 1024;
/** Reading goes on at this, so that it does not stop and go with every message. */
const RESUME_BYTES = ROOM_BYTES / 2;

/** Counts what all partitions of a run received and did not hand out, and stops reading while it is too much. */
export class Room {
  readonly #intake: Intake;
  #bytes = 0;

  constructor(intake: Intake) {
    this.#intake = intake;
  }

  add(bytes: number): void {
    this.#bytes += bytes;
    if (this.#bytes >= ROOM_BYTES) this.#intake.pause();
  }

  remove(bytes: number): void {
    this.#bytes -= bytes;
    if (this.#bytes <= RESUME_BYTES) this.#intake.resume();
  }
}
