import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { SinkRecord } from '../../../src/api/index.ts';
import { KafkaClient } from '../../../src/connectors/kafka/protocol/client.ts';
import type { KafkaSinkConfig } from '../../../src/connectors/kafka/sink/config.ts';
import type { KafkaSinkTask } from '../../../src/connectors/kafka/sink/sink.ts';
import { batchOf, queued, write } from '../../support/sink/batches.ts';
import { stackAddresses } from '../../support/stack.ts';
import { numbers, texts } from './kafka-lab.ts';
import { KafkaSinkLab } from './kafka-sink-lab.ts';

let lab: KafkaSinkLab;
beforeAll(async () => {
  lab = new KafkaSinkLab(await stackAddresses());
});
afterAll(() => lab[Symbol.asyncDispose]());

const QUEUE = 'orders:broker-a:0';
/** More than a topic takes by default. */
const TOO_LARGE = Buffer.alloc(1_500_000);
/** On a busy machine, too. */
const CASE_LIMIT_MS = 300_000;

/** A topic, and what writes one queue to it in transactions: a task after the other. */
async function target(partitions = 1) {
  const topic = await lab.topic(partitions);
  const options = { topic, delivery: 'exactly-once', transactionalIdPrefix: `${topic}:`, requestTimeoutMs: 60_000 };
  return {
    topic,
    options,
    task: () => lab.sink(options, [QUEUE]),
    /** Where a task that starts finds the queue to be. */
    position: async () => (await lab.positions(options, [QUEUE])).get(QUEUE),
    /** What those see who read committed records only. */
    async values() {
      await lab.topics.endedOffsets(topic);
      return (await lab.texts(topic)).map(({ value }) => value);
    },
  };
}

/** Asks nothing more from some request on, as a process that has died. */
class DyingClient extends KafkaClient {
  readonly #death = Promise.withResolvers<void>();
  #left = Number.POSITIVE_INFINITY;
  #when: 'before' | 'after' = 'before';

  constructor(config: KafkaSinkConfig) {
    super(config, 'sink');
  }

  get died(): Promise<void> {
    return this.#death.promise;
  }

  dieAt(nth: number, when: 'before' | 'after'): void {
    this.#left = nth;
    this.#when = when;
  }

  override use: KafkaClient['use'] = (broker, call) => this.#living(() => KafkaClient.prototype.use.call(this, broker, call)) as never;

  override useCoordinator: KafkaClient['useCoordinator'] = (kind, name, call) =>
    this.#living(() => KafkaClient.prototype.useCoordinator.call(this, kind, name, call)) as never;

  async #living<T>(ask: () => Promise<T>): Promise<T> {
    this.#left -= 1;
    const isLast = this.#left === 0;
    if (this.#left < 0 || (isLast && this.#when === 'before')) return this.#die();
    const answer = await ask();
    return isLast ? this.#die() : answer;
  }

  #die(): Promise<never> {
    this.#death.resolve();
    return new Promise(() => {});
  }
}

/** Records of the queue from an offset on, each with its offset as value. */
const from = (offset: number, count: number): SinkRecord[] =>
  queued(count, (index) => ({
    offset: offset + index,
    storedAt: 1_700_000_000_000 + offset + index,
    value: Buffer.from(String(offset + index)),
  }));

describe('a queue that is written exactly once', () => {
  it(
    'goes on where the last transaction says that it is, and a batch that is there already is not written again',
    async () => {
      const { topic, task, position, values } = await target(3);
      const first = await task();
      const records = from(0, 300).map((record) => ({ ...record, key: Buffer.from(`k${record.offset % 10}`) }));
      expect(await write(first, records.slice(0, 200))).toEqual([]);
      expect(await write(first, records.slice(0, 200))).toEqual([]);
      await first.stop();
      expect(await position()).toBe('200@1700000000199');
      const second = await task();
      expect(await write(second, records.slice(0, 200))).toEqual([]);
      expect(await write(second, records.slice(200))).toEqual([]);
      await second.stop();
      expect((await values()).map(Number).sort((a, b) => a - b)).toEqual(records.map(({ offset }) => offset));
      expect(new Set((await lab.texts(topic)).map(({ partition }) => partition)).size).toBe(3);
    },
    CASE_LIMIT_MS,
  );

  it(
    'is left alone by a task whose queue another one has taken over, whatever it has open',
    async () => {
      const { task, position, values } = await target();
      const zombie = await task();
      await write(zombie, from(0, 10));
      const held = Promise.withResolvers<void>();
      const settling = Promise.withResolvers<void>();
      const settled = () => {
        settling.resolve();
        return held.promise;
      };
      const late = zombie.write({ ...batchOf(from(10, 10)), settled }).catch((error: unknown) => error);
      await settling.promise;
      const successor = await task();
      await write(successor, from(10, 5));
      held.resolve();
      expect(await late).toMatchObject({ code: 'LEASE_LOST', remedy: expect.stringContaining('sink.transactionalIdPrefix') });
      await zombie.stop();
      await write(successor, from(15, 5));
      await successor.stop();
      expect(await values()).toEqual(numbers(20));
      expect(await position()).toBe('20@1700000000019');
    },
    CASE_LIMIT_MS,
  );

  it(
    'holds nothing of a batch with a record that Kafka refuses, and goes on behind it',
    async () => {
      const { topic, task, position, values } = await target();
      const sink = await task();
      const refused = from(0, 10).map((record) => (record.offset === 7 ? { ...record, value: TOO_LARGE } : record));
      await expect(write(sink, refused)).rejects.toMatchObject({ code: 'RECORD_REFUSED', message: expect.stringMatching(/larger/) });
      await write(sink, refused.slice(0, 5));
      await expect(write(sink, refused.slice(5, 8))).rejects.toMatchObject({ code: 'RECORD_REFUSED' });
      await write(sink, refused.slice(5, 7));
      await expect(write(sink, refused.slice(7, 8))).rejects.toMatchObject({ code: 'RECORD_REFUSED' });
      await write(sink, refused.slice(8));
      await sink.stop();
      const wanted = ['0', '1', '2', '3', '4', '5', '6', '8', '9'];
      expect(await values()).toEqual(wanted);
      // So does the source, which finds aborted transactions by itself.
      expect(texts((await lab.run({ topics: [topic] })).records)).toEqual(wanted);
      expect(await position()).toBe('10@1700000000009');
    },
    CASE_LIMIT_MS,
  );

  it(
    'makes nobody wait for a transaction that failed, once the task has stopped',
    async () => {
      const { task, position, values } = await target();
      const sink = await task();
      const settled = async () => {
        throw new Error('no dead letter');
      };
      await expect(sink.write({ ...batchOf(from(0, 10)), settled })).rejects.toThrow('no dead letter');
      await sink.stop();
      expect(await values()).toEqual([]);
      expect(await position()).toBeUndefined();
    },
    CASE_LIMIT_MS,
  );

  it(
    'goes on where the store says once Kafka has forgotten the group',
    async () => {
      const { topic, task, position } = await target();
      const sink = await task();
      await write(sink, from(0, 10));
      await sink.stop();
      await lab.admin.deleteGroups({ groups: [`${topic}:${QUEUE}`] });
      expect(await position()).toBeUndefined();
      const next = await task();
      await write(next, from(10, 10));
      await next.stop();
      expect(await position()).toBe('20@1700000000019');
    },
    CASE_LIMIT_MS,
  );

  // What a write asks of brokers: partitions, records beside the group and its position, and the end.
  const deaths = [1, 2, 3, 4, 5].flatMap((nth) => (['before', 'after'] as const).map((when) => ({ nth, when })));
  it.each(deaths)(
    'is there once though a process dies $when request $nth of a transaction',
    async ({ nth, when }) => {
      const { task, options, position, values } = await target();
      const client = new DyingClient(lab.sinkConfig(options));
      const dying = await lab.sink(options, [QUEUE], { get: async () => client as never, close: async () => {} });
      await write(dying, from(0, 10));
      client.dieAt(nth, when);
      await Promise.race([client.died, write(dying, from(10, 10))]);
      const reached = Number.parseInt((await position()) ?? '', 10);
      expect(reached).toBe(nth === 5 && when === 'after' ? 20 : 10);
      const successor = await task();
      for (let offset = reached; offset < 30; offset += 10) await write(successor, from(offset, 10));
      await successor.stop();
      await client.close();
      expect(await values()).toEqual(numbers(30));
    },
    CASE_LIMIT_MS,
  );

  it(
    'is begun anew in the same task after a record without a partition, and before its deadline only',
    async () => {
      const { topic, values } = await target();
      const options = {
        topic,
        delivery: 'exactly-once',
        transactionalIdPrefix: `${topic}:`,
        partition: 'header:p',
        requestTimeoutMs: 60_000,
      };
      const sink: KafkaSinkTask = await lab.sink(options, [QUEUE]);
      await expect(write(sink, from(0, 3))).rejects.toMatchObject({ code: 'RECORD_REFUSED', message: expect.stringMatching(/^header p/) });
      const headers = [{ name: 'p', value: Buffer.from('0') }];
      const right = from(0, 3).map((record) => ({ ...record, headers }));
      await expect(sink.write({ ...batchOf(right), deadline: Date.now() })).rejects.toMatchObject({ retriable: true });
      await write(sink, right);
      await sink.stop();
      expect(await values()).toEqual(numbers(3));
    },
    CASE_LIMIT_MS,
  );
});
