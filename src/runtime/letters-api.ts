import type { ShownMessage } from '../rocketmq/types.ts';

/** Lists dead letters of a connector in its dead-letter topic. An answer with a `cursor` is not the last one: the same request with it brings more. */
export interface DeadLettersRequest {
  readonly action: 'dead-letters';
  readonly connector: string;
  /** Default: the connector's own dead-letter topic. */
  readonly topic?: string;
  /** Those that RocketMQ stored at or after this time, ms since 1970. */
  readonly since?: number;
  /** Those that it stored at or before this time. */
  readonly until?: number;
  readonly cursor?: LetterCursor;
  /** Only these, as `DeadLetter.place` names them, at most 1,000. The answer then has all of them, or is NOT_FOUND. */
  readonly places?: readonly string[];
}

/** Shows one dead letter whole. `place` is as `DeadLetter` has it. */
export interface DeadLetterRequest {
  readonly action: 'dead-letter';
  readonly connector: string;
  readonly place: string;
  readonly topic?: string;
}

/**
 * Redrives dead letters of a connector, or marks them as dropped. All of these that are chosen, from the cursor on, and of which nothing has
 * become yet. An answer with a `cursor` is not the last one, as for `dead-letters`.
 */
export interface LetterWorkRequest extends Omit<DeadLettersRequest, 'action' | 'cursor'> {
  readonly action: 'redrive' | 'drop';
  readonly codes?: readonly string[];
  readonly cursor: LetterCursor;
  /** `change` of the answer that this request goes on with. The connector's history then has both as one change. */
  readonly change?: string;
}

/** Where each queue of a dead-letter topic goes on, and where it ended when the first answer was made. */
export type LetterCursor = Readonly<Record<string, { readonly next: number; readonly end: number }>>;

/** A record that could not be copied, as its dead letter tells. */
export interface DeadLetter {
  /** Where it is in the dead-letter topic: `broker:queue@offset`. */
  readonly place: string;
  /** When RocketMQ stored it, ISO 8601. */
  readonly at: string;
  readonly code: string;
  readonly reason: string;
  /** What led to it, the nearest cause first. */
  readonly causes?: readonly string[];
  /** `read` where nothing could be made of the record, `write` where the other side refused it. */
  readonly refusedAt?: string;
  /** The RocketMQ topic that the record was meant for (sources), or read from (sinks). */
  readonly topic?: string;
  /** Where the record is: `partition@id`. */
  readonly record?: string;
  /** What did not fit and is not in the dead letter: `key, headers`. */
  readonly omitted?: string;
  /** Why it is not known what the record was. */
  readonly damaged?: string;
  /** The size of its body. */
  readonly bytes: number;
  readonly state: 'open' | 'redriven' | 'dropped';
  /** How often its record was refused: once as it became a dead letter, and by each redrive. */
  readonly attempts: number;
  /** Why an open one can't be redriven. */
  readonly hindrance?: string;
}

export interface DeadLettersPage {
  readonly connector: string;
  readonly topic: string;
  /** In the order of each queue, one queue after the other. */
  readonly letters: readonly DeadLetter[];
  /** How many messages were looked at for this answer, those of other connectors, and those that name no connector. */
  readonly looked: number;
  readonly others: number;
  readonly unnamed: number;
  /** Messages that RocketMQ removed before they could be looked at: of this stretch, and, in the first answer, before the topic's oldest one. */
  readonly missing: number;
  readonly gone: number;
  /** How many messages are left to look at. */
  readonly left: number;
  /** Absent in the last answer. */
  readonly cursor?: LetterCursor;
}

/** A dead letter that stays as it is. */
export interface LetterFailure {
  readonly place: string;
  readonly record?: string;
  /** RECORD_REFUSED: the other side has refused it again. */
  readonly code: string;
  readonly message: string;
  readonly remedy?: string;
}

export interface LetterWorkPage {
  readonly connector: string;
  readonly topic: string;
  /** How many were redriven, or dropped, for this answer. */
  readonly done: number;
  /** How many that were chosen had been redriven or dropped before. */
  readonly settled: number;
  readonly failures: readonly LetterFailure[];
  /** How many messages are left to look at. */
  readonly left: number;
  /** Absent in the last answer. */
  readonly cursor?: LetterCursor;
  /** Names the change in the connector's history. */
  readonly change?: string;
}

export interface ShownLetter extends DeadLetter {
  readonly deadLetterTopic: string;
  readonly message: ShownMessage;
}
