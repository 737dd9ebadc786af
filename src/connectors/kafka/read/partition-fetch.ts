import { State } from '../../../kit/index.ts';

/** `lost`: Kafka does not have its place. */
type Phase = 'ready' | 'asked' | 'lost' | 'asked while lost';

/**
 * How the fetching of one partition stands. A failure may come in any state, and changes none: `FailingReaders` knows of it.
 *
 *            ask            Kafka does not have its place
 *   ready ────────▶ asked ────────────────────────────────▶ asked while lost
 *     ▲             │  ▲                                      │  │  ▲
 *     └─────────────┘  └──────────────────────────────────────┘  │  │ ask, once all that
 *        answered                    it was moved       answered │  │ it holds is handed out
 *                                                                ▼  │
 *                                                                lost
 */
export class PartitionFetch {
  /** What it may answer at a time, in bytes. */
  share = 0;
  /** Since when it was asked for without getting a record, in ms since 1970. */
  starvingSince: number | undefined;
  readonly #phase = new State<Phase>('ready', {
    ready: ['asked'],
    asked: ['ready', 'asked while lost'],
    lost: ['asked while lost'],
    'asked while lost': ['asked', 'lost'],
  });

  get isAsked(): boolean {
    return this.#phase.now === 'asked' || this.#phase.now === 'asked while lost';
  }

  /** Not to be asked for while it holds records: one that is lost may be moved once they are handed out. */
  get isLost(): boolean {
    return this.#phase.now === 'lost' || this.#phase.now === 'asked while lost';
  }

  ask(): void {
    this.#phase.enter(this.isLost ? 'asked while lost' : 'asked');
  }

  answered(): void {
    this.#phase.enter(this.isLost ? 'lost' : 'ready');
  }

  lose(): void {
    if (!this.isLost) this.#phase.enter('asked while lost');
  }

  /** It goes on at another place. */
  moved(): void {
    this.#phase.enter('asked');
    this.starvingSince = undefined;
  }
}
