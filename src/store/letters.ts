/** What became of the dead letters of one connector in one stretch of a queue. */
export interface LetterMarks {
  readonly connector: string;
  /** `topic:broker:queue`. */
  readonly queue: string;
  /** Stretches are as long as the caller says, always the same, and are counted from the queue's first offset on. */
  readonly stretch: number;
  /** A byte for each letter from the first of the stretch on: 0 for none, or as the writer says. Those behind the last one are 0. */
  readonly states: Uint8Array;
  /** The last letter that has a state, and when RocketMQ stored it, ms since 1970: a topic that was made again has another one there. */
  readonly last: { readonly offset: number; readonly storedAt: number };
  /** Counts the writes of the item; 0 where there is none yet. */
  readonly version: number;
}

/** The right to redrive a connector's dead letters until `until`. A later one has a larger epoch. */
export interface RedriveLease {
  readonly connector: string;
  readonly epoch: number;
  readonly owner: string;
  readonly until: number;
}

export type RedriveResult =
  | { readonly outcome: 'acquired'; readonly lease: RedriveLease }
  | { readonly outcome: 'busy'; readonly until: number; readonly owner: string };
