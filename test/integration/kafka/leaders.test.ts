import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { freeOffset } from '../../../infra/local/free-offset.ts';
import type { ServerInstance } from '../../../infra/local/server-instance.ts';
import { type Stack, startStack } from '../../../infra/local/stack.ts';
import { uniqueName } from '../../support/names.ts';
import { KafkaLab, numbers } from './kafka-lab.ts';
import { secondBroker } from './second-broker.ts';

let stack: Stack;
let second: ServerInstance;
let lab: KafkaLab;
beforeAll(async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'kafka-leaders-'));
  const portOffset = await freeOffset();
  stack = await startStack({ servers: ['kafka'], dataDir, portOffset });
  second = await secondBroker(dataDir, portOffset);
  await second.start(undefined);
  lab = new KafkaLab(stack.addresses);
}, 180_000);
afterAll(async () => {
  await lab?.[Symbol.asyncDispose]();
  await second?.stop();
  await stack?.discard();
});

const PARTITIONS = 4;

async function replicatedTopic(values: number): Promise<string> {
  const topic = uniqueName('leaders');
  await lab.admin.createTopics({ topics: [topic], partitions: PARTITIONS, replicas: 2 });
  for (let from = 0; from < values; from += 400) await lab.produce(topic, 400, PARTITIONS, from);
  return topic;
}

describe('partitions of several leaders', () => {
  it('are read from all of them in one run, and further when leaders change in the middle', async () => {
    const topic = await replicatedTopic(8_000);
    const { topics } = await lab.admin.metadata({ topics: [topic] });
    expect(new Set(topics.get(topic)?.partitions.map(({ leader }) => leader))).toEqual(new Set([1, 2]));
    let polls = 0;
    let stopped: Promise<unknown> | undefined;
    const { records, caughtUp } = await lab.run(
      { topics: [topic], maxFetchBytes: 65_536 },
      {
        limit: { maxRecords: 100, maxBytes: 1e6 },
        onPoll: async () => {
          polls += 1;
          // Leaves in order: its partitions go to the first broker while the run asks for them.
          if (polls === 5) stopped = second.stop();
          await new Promise((resolve) => setTimeout(resolve, 20));
        },
      },
    );
    await stopped;
    expect(caughtUp).toBe(true);
    for (let partition = 0; partition < PARTITIONS; partition += 1) {
      const own = records.filter(({ orderingKey }) => orderingKey === partition);
      expect(own.map(({ id }) => id)).toEqual(numbers(2_000));
    }
  });
});
