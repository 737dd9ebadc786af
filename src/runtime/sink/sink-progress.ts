import { type ConnectError, toConnectError } from '../../api/index.ts';
import type { BatchSpec } from '../../config/connector-spec.ts';
import type { ReadMessage } from './read-message.ts';
import type { WriteWindow } from './write-window.ts';

/** How far a run is, over all its queues, and why it ends. */
export class SinkProgress {
  /** The target has them, or the dead-letter topic. */
  records = 0;
  bytes = 0;
  /** The first failure. Nothing more is written after it. */
  failure: ConnectError | undefined;
  #recordsLeft: number;
  #bytesLeft: number;

  constructor({ maxRecords, maxBytes }: Pick<BatchSpec, 'maxRecords' | 'maxBytes'>) {
    this.#recordsLeft = maxRecords;
    this.#bytesLeft = maxBytes;
  }

  get recordsLeft(): number {
    return this.#recordsLeft;
  }

  get isFull(): boolean {
    return this.#recordsLeft <= 0 || this.#bytesLeft <= 0;
  }

  /** Takes a record into the run; false where it holds no more. */
  take(bytes: number): boolean {
    if (this.isFull) return false;
    this.#recordsLeft -= 1;
    this.#bytesLeft -= bytes;
    return true;
  }

  /** They are copied. */
  settled(messages: readonly ReadMessage[]): void {
    this.records += messages.length;
    for (const { bytes } of messages) this.bytes += bytes;
  }

  fail(error: unknown): void {
    this.failure ??= toConnectError(error);
  }

  /** The same, but for what ends because the run may write no more. */
  failUnlessLate(thrown: unknown, window: WriteWindow): void {
    const error = toConnectError(thrown);
    if (error.code !== 'INTERRUPTED' || window.isOpen) this.fail(error);
  }
}
