import type { ConnectError } from '../../api/index.ts';
import type { ReadLetter } from './read-letter.ts';

/** What became of one letter's record: undefined where the other side has it, or why it does not. Only RECORD_REFUSED counts as an attempt. */
export type Delivered = ConnectError | undefined;

/** Sends records of dead letters where their connector would have sent them. */
export interface Redriver {
  /**
   * Delivers the first letters of the list, at least one, all of one queue, and resolves with what became of each, in their order. When it
   * resolves, all that it says is durable. A rejection says nothing about any letter: the other side is away, or refuses all.
   */
  deliver(letters: readonly ReadLetter[]): Promise<readonly Delivered[]>;
  /** Called once, last. Never throws. */
  close(): Promise<void>;
}
