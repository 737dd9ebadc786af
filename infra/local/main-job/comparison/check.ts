import { messageToRecord } from '../../../../src/rocketmq/record-mapping.ts';
import { isReservedName } from '../../../../src/rocketmq/reserved-names.ts';
import type { StoredMessage } from '../../../../src/rocketmq/stored-message.ts';
import type { RocketmqAdmin } from '../../rocketmq-admin/rocketmq-admin.ts';
import { Cursor } from './cursor.ts';
import { difference } from './difference.ts';
import type { ExpectedPartition, ExpectedRecord } from './source.ts';

export interface CheckResult {
  /** The number of the source's records that are in RocketMQ, in order, byte for byte. */
  readonly matched: number;
  /** The number of records that came again. "At least once" allows it. */
  readonly repeats: number;
  /** The first differences. The list is empty if the check passes. */
  readonly problems: readonly string[];
}

const PROBLEMS_SHOWN = 5;

export interface CheckOptions {
  readonly partitions: readonly ExpectedPartition[];
  /** The headers that the check does not compare. */
  readonly addedHeaders?: RegExp;
  readonly rocketmq: RocketmqAdmin;
  readonly rocketmqTopic: string;
  readonly connector: string;
  readonly onProgress: (matched: number) => void;
}

/**
 * Reads the expected and the received records and compares them one by one, without holding either in memory. The check passes if each
 * partition's records come in their order in RocketMQ's queues, with the same key, value, headers and timestamp, and none is missing at the
 * end.
 */
export async function check(options: CheckOptions): Promise<CheckResult> {
  const comparison = new Comparison(options);
  try {
    const queues = (await options.rocketmq.topicStats(options.rocketmqTopic)) ?? [];
    await Promise.all(
      queues.map(async ({ queue, max }) => {
        for await (const messages of options.rocketmq.readQueue(options.rocketmqTopic, queue, { to: max })) await comparison.take(messages);
      }),
    );
    return comparison.result();
  } finally {
    await comparison.close();
  }
}

class Comparison {
  readonly #options: CheckOptions;
  readonly #cursors: ReadonlyMap<string, Cursor<ExpectedRecord>>;
  readonly #problems: string[] = [];
  #matched = 0;
  #repeats = 0;

  constructor(options: CheckOptions) {
    this.#options = options;
    this.#cursors = new Map(options.partitions.map(({ name, read }) => [name, new Cursor(read())]));
  }

  async take(messages: readonly StoredMessage[]): Promise<void> {
    for (const message of messages) await this.#takeOne(message);
    this.#options.onProgress(this.#matched);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#cursors.values()].map((cursor) => cursor.close()));
  }

  result(): CheckResult {
    const missing = this.#options.partitions.reduce(
      (total, { name, records }) => total + records - (this.#cursors.get(name)?.passed ?? 0),
      0,
    );
    if (missing > 0) this.#problem(`${missing} records of the source are not in RocketMQ`);
    return { matched: this.#matched, repeats: this.#repeats, problems: this.#problems };
  }

  async #takeOne(message: StoredMessage): Promise<void> {
    const record = messageToRecord({
      body: message.body,
      keys: (message.properties.get('KEYS') ?? '').split(' '),
      properties: new Map([...message.properties].filter(([name]) => !isReservedName(name))),
    });
    const where = `queue ${message.queue} offset ${message.offset}`;
    const place = this.#placeOf(record.sourceKey);
    const cursor = this.#cursors.get(place?.partition ?? '');
    if (place === undefined || cursor === undefined)
      return this.#problem(`${where}: ${record.sourceKey ?? 'a message without key'} is not a record of this connector`);
    const expected = await cursor.peek();
    if (expected === undefined || place.id < expected.id) {
      this.#repeats += 1;
      return;
    }
    const at = `${place.partition} at ${place.id}`;
    if (place.id > expected.id) return this.#problem(`${where}: ${at} arrived instead of ${expected.id}`);
    const { addedHeaders } = this.#options;
    const wrong = difference(expected, { ...record, headers: record.headers.filter(({ name }) => !addedHeaders?.test(name)) });
    if (wrong !== undefined) this.#problem(`${where}: ${at} differs in its ${wrong}`);
    cursor.pass();
    this.#matched += 1;
  }

  /** Returns the record's origin, as the deterministic key `connector/partition/id` names it. */
  #placeOf(sourceKey: string | undefined): { readonly partition: string; readonly id: number } | undefined {
    const prefix = `${this.#options.connector}/`;
    const [, partition, id] = (sourceKey?.startsWith(prefix) && /^(.+)\/(\d+)$/.exec(sourceKey.slice(prefix.length))) || [];
    return partition === undefined ? undefined : { partition, id: Number(id) };
  }

  #problem(text: string): void {
    if (this.#problems.length < PROBLEMS_SHOWN) this.#problems.push(text);
  }
}
