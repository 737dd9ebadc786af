import { ConnectError } from '../../api/index.ts';
import type { ConnectorSpec } from '../../config/connector-spec.ts';
import type { ConnectStore, ParkedKeys } from '../../store/store.ts';
import { LETTER } from '../run/letter-properties.ts';
import type { Marks } from './marks.ts';
import { messagesFrom, type ScanPlace } from './messages-from.ts';
import type { OpenTopic } from './open-topic.ts';
import { placeText } from './place.ts';
import { connectorOf, type ReadLetter } from './read-letter.ts';

export type ParkedStore = Pick<ConnectStore, 'parkedKeys' | 'putParkedKeys' | 'listTasks'>;

/** Says whether no run of the connector is under way, and none can begin before somebody resumes it. */
export async function standsStill(connector: string, store: ParkedStore): Promise<boolean> {
  const tasks = await store.listTasks(connector);
  return tasks.every(({ paused, leaseOwner, leaseUntil }) => paused && (leaseOwner === undefined || leaseUntil <= Date.now()));
}

/**
 * The open dead letters of a sink that parks keys. Those of a key are redriven in their order, and a key is parked for as long as it has some.
 * Its runs stand still meanwhile.
 */
export class ParkedLetters {
  readonly #spec: ConnectorSpec;
  readonly #opened: OpenTopic;
  readonly #store: ParkedStore;
  /** As it was before the topic was looked through. */
  readonly #keys: readonly ParkedKeys[];
  /** How far the topic was looked through. */
  readonly #ends = new Map<string, number>();
  /** Places of open letters in their order, by hash of the key. */
  readonly #open = new Map<string, Set<string>>();

  private constructor(spec: ConnectorSpec, opened: OpenTopic, store: ParkedStore, keys: readonly ParkedKeys[]) {
    this.#spec = spec;
    this.#opened = opened;
    this.#store = store;
    this.#keys = keys;
  }

  /** Looks through the whole topic: letters of a key that nobody chose hold up those behind them. */
  static async load(spec: ConnectorSpec, opened: OpenTopic, marks: Marks, store: ParkedStore): Promise<ParkedLetters> {
    const parked = new ParkedLetters(spec, opened, store, await store.parkedKeys(spec.name));
    await parked.#lookThrough(marks);
    return parked;
  }

  /** Why the letter can't be redriven yet; undefined where it is the first open one of its key. */
  hindranceOf({ message, letter }: ReadLetter): ConnectError | undefined {
    const [first] = this.#open.get(message.properties.get(LETTER.keyHash) ?? '') ?? [];
    if (first === undefined || first === letter.place) return undefined;
    return new ConnectError('WRONG_STATE', `dead letter ${letter.place}: ${first}, an earlier one of its key, is not redriven yet`, {
      remedy: `redrive or drop that one first: --offset ${first}`,
    });
  }

  /** The letter is redriven or dropped. */
  settle({ message, letter }: ReadLetter): void {
    this.#open.get(message.properties.get(LETTER.keyHash) ?? '')?.delete(letter.place);
  }

  /** Takes keys away that have no open letter. Throws WRONG_STATE where somebody has resumed the connector meanwhile. */
  async forgetSettled(): Promise<void> {
    const { topic, queues } = this.#opened;
    // Letters of another topic say nothing about those of this one.
    if (topic !== this.#spec.errors.deadLetterTopic) return;
    if (!(await standsStill(this.#spec.name, this.#store))) throw resumed(this.#spec.name);
    for (const [queue, end] of this.#ends) if ((await queues.bounds(queue)).max !== end) return;
    for (const parked of this.#keys) {
      const keys = new Map([...parked.keys].filter(([hash]) => (this.#open.get(hash)?.size ?? 0) > 0));
      if (keys.size === parked.keys.size) continue;
      if ((await this.#store.putParkedKeys({ ...parked, keys })) === undefined) throw resumed(this.#spec.name);
    }
  }

  async #lookThrough(marks: Marks): Promise<void> {
    const { queues } = this.#opened;
    const places: Record<string, ScanPlace> = {};
    for (const queue of queues.names) {
      const { min, max } = await queues.bounds(queue);
      this.#ends.set(queue, max);
      places[queue] = { next: min, end: max };
    }
    for await (const { queue, messages } of messagesFrom(queues, places)) {
      for (const message of messages) {
        const hash = message.properties.get(LETTER.keyHash);
        if (hash === undefined || connectorOf(message) !== this.#spec.name) continue;
        if ((await marks.of(queue, message)).state !== 'open') continue;
        const open = this.#open.get(hash) ?? new Set();
        this.#open.set(hash, open.add(placeText({ queue, offset: message.offset })));
      }
    }
  }
}

const resumed = (connector: string): ConnectError =>
  new ConnectError('WRONG_STATE', `connector ${connector} was resumed while its dead letters were redriven: their keys stay parked`, {
    remedy: `\`rocketmq-connect pause ${connector}\`, and redrive them once more`,
  });
