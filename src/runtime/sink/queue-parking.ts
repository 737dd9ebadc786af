import { createHash } from 'node:crypto';
import { ConnectError } from '../../api/index.ts';
import type { ParkedKeys, TaskStore } from '../../store/store.ts';
import { orderingKeyOf } from './ordering-key.ts';
import { parsePosition, type QueuePosition } from './queue-position.ts';
import type { ReadMessage } from './read-message.ts';

/** The item of a queue stays below 50 KiB. */
const MOST_KEYS = 1_000;
const HASH_LENGTH = 22;

type ParkingStore = Pick<TaskStore, 'takeParkedKeys' | 'putParkedKeys'>;

/** The keys of one queue of which a record became a dead letter: what comes later of them becomes one, too. */
export class QueueParking {
  readonly #store: ParkingStore;
  #stored: ParkedKeys;
  /** One write after the other. */
  #writing: Promise<unknown> = Promise.resolve();

  private constructor(store: ParkingStore, stored: ParkedKeys) {
    this.#store = store;
    this.#stored = stored;
  }

  /** Reads what is parked, and shuts out runs that were there before. The caller finds out afterwards that it still holds its lease. */
  static async take(store: ParkingStore, connector: string, queue: string): Promise<QueueParking> {
    return new QueueParking(store, await store.takeParkedKeys(connector, queue));
  }

  /** Undefined for a message without a key. */
  hashOf(read: ReadMessage): string | undefined {
    const key = orderingKeyOf(read);
    if (key === undefined) return undefined;
    const hash = createHash('sha256').update(`${this.#stored.connector}\0${this.#stored.queue}\0`).update(key, 'latin1');
    return hash.digest('base64url').slice(0, HASH_LENGTH);
  }

  /** Says why a message is not to be written: `firsts` are refused messages that are not parked yet, by hash. Undefined where it may be. */
  reasonFor(read: ReadMessage, firsts: ReadonlyMap<string, ReadMessage>): ConnectError | undefined {
    if (this.#stored.keys.size === 0 && firsts.size === 0) return undefined;
    const hash = this.hashOf(read);
    if (hash === undefined) return undefined;
    const { offset } = read.message;
    const place = this.#stored.keys.get(hash);
    if (place !== undefined && !isBefore(read, parsePosition(place)))
      return parkedBehind(this.#stored.queue, parsePosition(place).offset, offset);
    const first = firsts.get(hash)?.message.offset;
    return first !== undefined && first < offset ? parkedBehind(this.#stored.queue, first, offset) : undefined;
  }

  /**
   * Stores the keys of these messages. Resolves with the first one whose key finds no room, and the reason. Throws LEASE_LOST where another
   * run has taken the queue over, or somebody has redriven dead letters.
   */
  park(reads: readonly ReadMessage[]): Promise<{ readonly read: ReadMessage; readonly error: ConnectError } | undefined> {
    const parked = this.#writing.then(() => this.#park(reads));
    this.#writing = parked.catch(() => {});
    return parked;
  }

  async #park(reads: readonly ReadMessage[]): ReturnType<QueueParking['park']> {
    const { connector, queue } = this.#stored;
    const keys = new Map(this.#stored.keys);
    let full: ReadMessage | undefined;
    for (const read of reads.toSorted((a, b) => a.message.offset - b.message.offset)) {
      const hash = this.hashOf(read) as string;
      const known = keys.get(hash);
      if (known !== undefined && !isBefore(read, parsePosition(known))) continue;
      if (known === undefined && keys.size >= MOST_KEYS) full ??= read;
      else if (full === undefined) keys.set(hash, `${read.message.offset}@${read.message.storedAt}`);
    }
    if ([...keys].some(([hash, place]) => this.#stored.keys.get(hash) !== place)) {
      const stored = await this.#store.putParkedKeys({ ...this.#stored, keys });
      if (stored === undefined) {
        throw new ConnectError('LEASE_LOST', `parked keys of queue ${queue} were changed by another run, or by a redrive`, {
          retriable: true,
        });
      }
      this.#stored = stored;
    }
    return full && { read: full, error: noRoom(connector, queue, full.message.offset) };
  }
}

/** A topic that was made again has later messages at smaller offsets. */
const isBefore = ({ message }: ReadMessage, first: QueuePosition): boolean =>
  message.offset < first.offset && message.storedAt <= (first.storedAt ?? 0);

const parkedBehind = (queue: string, first: number, offset: number): ConnectError =>
  new ConnectError(
    'RECORD_REFUSED',
    first === offset
      ? 'refused by a run that died before it wrote why'
      : `parked behind ${queue}@${first}, which is a dead letter of its key`,
    { remedy: 'redrive or drop the dead letters of its key: `rocketmq-connect dlq redrive`', expected: true },
  );

const noRoom = (connector: string, queue: string, offset: number): ConnectError =>
  new ConnectError('WRONG_STATE', `record ${queue}@${offset}: it is refused, and ${MOST_KEYS} keys of its queue are parked already`, {
    remedy: `correct what the target refuses, and pause the connector: \`rocketmq-connect dlq redrive ${connector} --all\``,
  });
