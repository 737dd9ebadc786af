import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { uniqueName } from '../../support/names.ts';
import { queued, write } from '../../support/sink/batches.ts';
import { numbers } from './kafka-lab.ts';
import { KafkaSinkLab } from './kafka-sink-lab.ts';
import { OwnKafka } from './own-kafka.ts';

let kafka: OwnKafka;
let lab: KafkaSinkLab;
beforeAll(async () => {
  kafka = await OwnKafka.start();
  lab = new KafkaSinkLab(kafka.addresses);
}, 300_000);
afterAll(async () => {
  await lab?.[Symbol.asyncDispose]();
  await kafka?.[Symbol.asyncDispose]();
});

/** A busy machine may take this long to restart a broker. */
const RESTART_MS = 300_000;
const PATIENT = { requestTimeoutMs: 240_000 };
const BATCHES = 20;
const SIZE = 250;
// A broker that starts forgets producers by the times of their records, which are those of messages here: see bornAt.

/** Writes batches of two queues while `fault` happens in the middle. Resolves to what Kafka then has of each queue. */
async function writtenThrough(topic: string, options: object, fault: () => Promise<unknown>): Promise<string[][]> {
  const task = await lab.sink({ topic, partition: 'queue', ...options });
  let failing: Promise<unknown> | undefined;
  const lane = async (queue: number) => {
    for (let batch = 0; batch < BATCHES; batch += 1) {
      if (queue === 0 && batch === 5) failing = fault();
      const records = queued(
        SIZE,
        (index) => ({ offset: batch * SIZE + index, value: Buffer.from(String(batch * SIZE + index)), bornAt: Date.now() }),
        queue,
      );
      expect(await write(task, records, undefined, Date.now() + RESTART_MS)).toEqual([]);
    }
  };
  await Promise.all([lane(0), lane(1)]);
  await failing;
  await task.stop();
  await lab.topics.endedOffsets(topic);
  const found = await lab.texts(topic);
  return [0, 1].map((partition) => found.filter((record) => record.partition === partition).map(({ value }) => String(value)));
}

describe('a broker that fails while a sink writes', () => {
  it.each(['at-least-once', 'exactly-once'])(
    'is waited for where it is killed and comes back: nothing is lost, repeated or out of order, %s',
    async (delivery) => {
      const topic = await lab.topic(2);
      const found = await writtenThrough(topic, { ...PATIENT, delivery, transactionalIdPrefix: `${topic}:` }, async () => {
        await kafka.signal('SIGKILL');
        await kafka.restart();
      });
      for (const values of found) expect(values).toEqual(numbers(BATCHES * SIZE));
    },
    RESTART_MS,
  );

  it(
    'is waited for where it stands still for longer than a request may take',
    async () => {
      const topic = await lab.topic(2);
      const found = await writtenThrough(topic, { requestTimeoutMs: 20_000 }, async () => {
        await kafka.signal('SIGSTOP');
        await sleep(25_000);
        await kafka.signal('SIGCONT');
      });
      for (const values of found) expect(values).toEqual(numbers(BATCHES * SIZE));
    },
    RESTART_MS,
  );

  it(
    'fails the write in the end, and the next one of the same task goes on',
    async () => {
      const topic = await lab.topic(1);
      const task = await lab.sink({ topic, requestTimeoutMs: 1_000 });
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
});

describe('partitions of several leaders', () => {
  it(
    'are written to all of them, and further when leaders change in the middle',
    async () => {
      await kafka.startSecond();
      const topic = uniqueName('leaders');
      await lab.admin.createTopics({ topics: [topic], partitions: 2, replicas: 2 });
      const { topics } = await lab.admin.metadata({ topics: [topic] });
      expect(new Set(topics.get(topic)?.partitions.map(({ leader }) => leader))).toEqual(new Set([1, 2]));
      const found = await writtenThrough(topic, PATIENT, () => kafka.stopSecond());
      for (const values of found) expect(values).toEqual(numbers(BATCHES * SIZE));
    },
    RESTART_MS,
  );
});
