import { ConnectError } from '../../api/index.ts';
import type { StoredMessage, TopicQueues } from '../../rocketmq/types.ts';
import type { ConnectStore, LetterMarks } from '../../store/store.ts';

export type MarkStore = Pick<ConnectStore, 'letterMarks' | 'putLetterMarks' | 'forgetLetterMarks'>;

/** What became of a letter. */
export interface Mark {
  readonly state: 'open' | 'redriven' | 'dropped';
  /** How often its record was refused: once as it became a dead letter, and again by each redrive. Up to 64. */
  readonly attempts: number;
}

/** So many letters share an item, a byte each: it stays near 1 KiB, which is one write unit of DynamoDB. */
const PER_STRETCH = 1_024;
/** A byte has the state in its upper two bits, and below how often a redrive was refused. The larger one wins where two writers meet. */
const STATES = ['open', 'dropped', 'redriven'] as const;
const PER_STATE = 64;
const ROUNDS = 10;

type Known = { -readonly [K in keyof LetterMarks]: LetterMarks[K] };

/** What became of a connector's letters in one topic: an item of the store for each stretch of a queue that has marks. */
export class Marks {
  readonly #store: MarkStore;
  readonly #connector: string;
  readonly #queues: TopicQueues;
  readonly #stored: Map<string, LetterMarks>;
  /** Stretches that were looked at. Those whose topic was made again begin anew. */
  readonly #known = new Map<string, Known>();
  readonly #unsaved = new Set<Known>();

  private constructor(store: MarkStore, connector: string, queues: TopicQueues, stored: readonly LetterMarks[]) {
    this.#store = store;
    this.#connector = connector;
    this.#queues = queues;
    this.#stored = new Map(stored.map((marks) => [nameOf(marks), marks]));
  }

  static async load(store: MarkStore, connector: string, queues: TopicQueues): Promise<Marks> {
    return new Marks(store, connector, queues, await store.letterMarks(connector));
  }

  /** Tells whether two letters are marked by one write. */
  static areTogether = (a: number, b: number): boolean => stretchOf(a) === stretchOf(b);

  async of(queue: string, { offset }: StoredMessage): Promise<Mark> {
    const { states } = await this.#stretch(queue, offset);
    const value = states[offset % PER_STRETCH] ?? 0;
    return { state: STATES[Math.floor(value / PER_STATE)] ?? 'redriven', attempts: (value % PER_STATE) + 1 };
  }

  /** Notes what became of a letter; `save` stores it. One that is refused again stays what it was. */
  async set(queue: string, { offset, storedAt }: StoredMessage, what: 'redriven' | 'dropped' | 'refused'): Promise<void> {
    const marks = await this.#stretch(queue, offset);
    const place = offset % PER_STRETCH;
    const before = marks.states[place] ?? 0;
    const [state, refusals] = [Math.floor(before / PER_STATE), before % PER_STATE];
    const value =
      what === 'refused' ? state * PER_STATE + Math.min(refusals + 1, PER_STATE - 1) : STATES.indexOf(what) * PER_STATE + refusals;
    const states = new Uint8Array(Math.max(marks.states.length, place + 1));
    states.set(marks.states);
    states[place] = value;
    marks.states = states;
    if (offset >= marks.last.offset) marks.last = { offset, storedAt };
    this.#unsaved.add(marks);
  }

  /** Stores what was noted. Throws THROTTLED where others write the same marks all the time. */
  async save(): Promise<void> {
    for (const marks of this.#unsaved) await this.#put(marks);
    this.#unsaved.clear();
  }

  /** Forgets marks of letters that RocketMQ has removed from these queues. */
  async forgetRemoved(queues: readonly string[]): Promise<void> {
    for (const queue of queues) {
      const stored = [...this.#stored.values()].filter((marks) => marks.queue === queue);
      if (stored.length === 0) continue;
      const { min } = await this.#queues.bounds(queue);
      for (const marks of stored) if ((marks.stretch + 1) * PER_STRETCH <= min) await this.#store.forgetLetterMarks(marks);
    }
  }

  async #stretch(queue: string, offset: number): Promise<Known> {
    const stretch = stretchOf(offset);
    const name = nameOf({ queue, stretch });
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    const stored = this.#stored.get(name);
    const last = { offset: -1, storedAt: 0 };
    const empty = { connector: this.#connector, queue, stretch, states: new Uint8Array(), last };
    let marks: Known = { ...empty, version: stored?.version ?? 0 };
    if (stored !== undefined && (await this.#queues.storedAt(queue, stored.last.offset)) === stored.last.storedAt) marks = { ...stored };
    this.#known.set(name, marks);
    return marks;
  }

  async #put(marks: Known): Promise<void> {
    for (let round = 0; round < ROUNDS; round += 1) {
      const written = await this.#store.putLetterMarks(marks);
      if (written !== undefined) {
        marks.version = written.version;
        return;
      }
      const others = (await this.#store.letterMarks(this.#connector)).find((each) => nameOf(each) === nameOf(marks));
      marks.version = others?.version ?? 0;
      if (others === undefined) continue;
      const [longer, shorter] = [marks.states, others.states].toSorted((a, b) => b.length - a.length) as [Uint8Array, Uint8Array];
      marks.states = longer.map((state, place) => Math.max(state, shorter[place] ?? 0));
      if (others.last.offset > marks.last.offset) marks.last = others.last;
    }
    throw new ConnectError('THROTTLED', `marks of dead letters in ${marks.queue} are written by others all the time`, {
      retriable: true,
      remedy: 'try again',
    });
  }
}

const stretchOf = (offset: number): number => Math.floor(offset / PER_STRETCH);

const nameOf = ({ queue, stretch }: Pick<LetterMarks, 'queue' | 'stretch'>): string => `${queue}#${stretch}`;
