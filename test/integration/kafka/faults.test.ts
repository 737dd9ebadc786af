import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { uniqueName } from '../../support/names.ts';
import { KafkaLab, numbers } from './kafka-lab.ts';
import { OwnKafka } from './own-kafka.ts';

let kafka: OwnKafka;
let lab: KafkaLab;
beforeAll(async () => {
  kafka = await OwnKafka.start();
  lab = new KafkaLab(kafka.addresses);
}, 300_000);
afterAll(async () => {
  await lab?.[Symbol.asyncDispose]();
  await kafka?.[Symbol.asyncDispose]();
});

/** A busy machine may take this long to restart a broker. */
const RESTART_MS = 300_000;
/** A run waits for a broker as long as for a request. */
const PATIENT = { requestTimeoutMs: 240_000 };
const small = { maxRecords: 100, maxBytes: 1e6 };

describe('a broker that fails', () => {
  it(
    'in mid-run and comes back is waited for: the run goes on, nothing is lost or repeated',
    async () => {
      const topic = await lab.topic(3);
      for (let from = 0; from < 9_000; from += 900) await lab.produce(topic, 900, 3, from);
      let polls = 0;
      let restart: Promise<void> | undefined;
      const { records, caughtUp } = await lab.run(
        { topics: [topic], maxFetchBytes: 65_536, ...PATIENT },
        {
          limit: small,
          onPoll: async () => {
            polls += 1;
            if (polls !== 3) return;
            await kafka.signal('SIGKILL');
            restart = kafka.restart();
          },
        },
      );
      await restart;
      expect(caughtUp).toBe(true);
      for (const partition of [0, 1, 2]) {
        const own = records.filter((record) => record.partition.endsWith(`-${partition}`));
        expect(own.map(({ id }) => id)).toEqual(numbers(3_000));
      }
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
      const run = task.start().then(() => task.poll(small));
      setTimeout(() => stop.abort(), 300);
      await expect(run).rejects.toMatchObject({ code: 'INTERRUPTED', retriable: true });
    } finally {
      await task.stop();
      await kafka.signal('SIGCONT');
    }
  });
});

describe('partitions of several leaders', () => {
  const PARTITIONS = 4;

  it(
    'are read from all of them in one run, and further when leaders change in the middle',
    async () => {
      await kafka.startSecond();
      const topic = uniqueName('leaders');
      await lab.admin.createTopics({ topics: [topic], partitions: PARTITIONS, replicas: 2 });
      for (let from = 0; from < 8_000; from += 400) await lab.produce(topic, 400, PARTITIONS, from);
      const { topics } = await lab.admin.metadata({ topics: [topic] });
      expect(new Set(topics.get(topic)?.partitions.map(({ leader }) => leader))).toEqual(new Set([1, 2]));
      let polls = 0;
      let stopped: Promise<unknown> | undefined;
      const { records, caughtUp } = await lab.run(
        { topics: [topic], maxFetchBytes: 65_536, ...PATIENT },
        {
          limit: { maxRecords: 100, maxBytes: 1e6 },
          onPoll: async () => {
            polls += 1;
            if (polls === 5) stopped = kafka.stopSecond();
            await new Promise((resolve) => setTimeout(resolve, 20));
          },
        },
      );
      await stopped;
      expect(caughtUp).toBe(true);
      for (let partition = 0; partition < PARTITIONS; partition += 1) {
        const own = records.filter((record) => record.partition.endsWith(`-${partition}`));
        expect(own.map(({ id }) => id)).toEqual(numbers(2_000));
      }
    },
    RESTART_MS,
  );
});
