import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { uniqueName } from '../../support/names.ts';
import { queued, write } from '../../support/sink/batches.ts';
import { numbers } from './kafka-lab.ts';
import { KafkaSinkLab } from './kafka-sink-lab.ts';
import { OwnKafka } from './own-kafka.ts';
import { PATIENT, QUEUED, RESTART_MS, through } from './through-fault.ts';

let kafka: OwnKafka;
let lab: KafkaSinkLab;
beforeAll(async () => {
  kafka = await OwnKafka.start();
  lab = new KafkaSinkLab(kafka.addresses);
}, 900_000);
afterAll(async () => {
  await lab?.[Symbol.asyncDispose]();
  await kafka?.[Symbol.asyncDispose]();
});

// A source and sinks go through the same fault, because a broker takes long to start.
describe('a broker that fails', () => {
  it(
    'is waited for where it is killed and comes back: a run goes on, sinks write at least once and exactly once, and nothing is lost, repeated or out of order',
    async () => {
      const source = await lab.topic(3);
      for (let from = 0; from < 9_000; from += 900) await lab.produce(source, 900, 3, from);
      const sinks = await Promise.all(
        ['at-least-once', 'exactly-once'].map(async (delivery) => {
          const topic = await lab.topic(2);
          return { ...PATIENT, topic, delivery, transactionalIdPrefix: `${topic}:` };
        }),
      );
      const fault = async () => {
        await kafka.signal('SIGKILL');
        await kafka.restart();
      };
      const { written, read } = await through(lab, { sinks, source, fault });
      expect(written).toEqual(Array(4).fill(numbers(QUEUED)));
      expect(read?.caughtUp).toBe(true);
      for (const partition of [0, 1, 2]) {
        const own = read?.records.filter((record) => record.partition.endsWith(`-${partition}`));
        expect(own?.map(({ id }) => id)).toEqual(numbers(3_000));
      }
    },
    RESTART_MS,
  );

  it(
    'is waited for by a sink where it stands still for longer than a request may take',
    async () => {
      const topic = await lab.topic(2);
      const { written } = await through(lab, {
        sinks: [{ topic, requestTimeoutMs: 12_000 }],
        fault: async () => {
          await kafka.signal('SIGSTOP');
          await sleep(13_000);
          await kafka.signal('SIGCONT');
        },
      });
      expect(written).toEqual(Array(2).fill(numbers(QUEUED)));
    },
    RESTART_MS,
  );

  it(
    'fails the write in the end, and the next one of the same task goes on',
    async () => {
      const topic = await lab.topic(1);
      // A broker that runs answers within this time on a busy machine, too.
      const task = await lab.sink({ topic, requestTimeoutMs: 5_000 });
      const records = queued(100, () => ({}));
      expect(await write(task, records)).toEqual([]);
      await kafka.signal('SIGSTOP');
      await expect(write(task, records)).rejects.toMatchObject({ retriable: true });
      await kafka.signal('SIGCONT');
      let failure: unknown = 'none yet';
      for (let attempt = 0; attempt < 20 && failure !== undefined; attempt += 1) {
        failure = await write(task, records).then(
          () => undefined,
          (error: unknown) => error,
        );
      }
      expect(failure).toBeUndefined();
      await task.stop();
      const values = (await lab.texts(topic)).map(({ value }) => value);
      // Parts of the given-up write may be there, and none behind its repeat.
      expect(values.slice(0, 100)).toEqual(numbers(100));
      expect(values.slice(-100)).toEqual(numbers(100));
    },
    RESTART_MS,
  );

  it('to answer is left when the run is asked to stop', async () => {
    const topic = await lab.topic(1, 5);
    const stop = new AbortController();
    const first = await lab.run({ topics: [topic] });
    const task = await lab.task({ topics: [topic], requestTimeoutMs: 300_000 }, { signal: stop.signal, positions: first.positions });
    await kafka.signal('SIGSTOP');
    try {
      // Also the start asks the broker, where what this process knows of the topic has grown old.
      const run = task.start().then(() => task.poll({ maxRecords: 100, maxBytes: 1e6 }));
      setTimeout(() => stop.abort(), 300);
      await expect(run).rejects.toMatchObject({ code: 'INTERRUPTED', retriable: true });
    } finally {
      await task.stop();
      await kafka.signal('SIGCONT');
    }
  });
});

describe('partitions of several leaders', () => {
  /** A topic whose partitions are led by both brokers. */
  async function ledByBoth(partitions: number): Promise<string> {
    const topic = uniqueName('leaders');
    await lab.admin.createTopics({ topics: [topic], partitions, replicas: 2 });
    const { topics } = await lab.admin.metadata({ topics: [topic] });
    expect(new Set(topics.get(topic)?.partitions.map(({ leader }) => leader))).toEqual(new Set([1, 2]));
    return topic;
  }

  it(
    'are read from all of them in one run, and written to all, and further when leaders change in the middle',
    async () => {
      await kafka.startSecond();
      const source = await ledByBoth(4);
      for (let from = 0; from < 8_000; from += 400) await lab.produce(source, 400, 4, from);
      const topic = await ledByBoth(2);
      const { written, read } = await through(lab, { sinks: [{ topic, ...PATIENT }], source, fault: () => kafka.stopSecond() });
      expect(written).toEqual(Array(2).fill(numbers(QUEUED)));
      expect(read?.caughtUp).toBe(true);
      for (const partition of [0, 1, 2, 3]) {
        const own = read?.records.filter((record) => record.partition.endsWith(`-${partition}`));
        expect(own?.map(({ id }) => id)).toEqual(numbers(2_000));
      }
    },
    RESTART_MS,
  );
});
