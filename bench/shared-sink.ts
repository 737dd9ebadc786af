import { RocketmqAdmin } from '../infra/local/rocketmq-admin/rocketmq-admin.ts';
import type { StackAddresses } from '../infra/local/stack.ts';
import type { ConnectorSpec } from '../src/config/connector-spec.ts';
import { uniqueName } from '../test/support/names.ts';
import { openTestStore } from '../test/support/pipeline.ts';
import { TestRuntime } from '../test/support/runtime.ts';
import { fillTopic, QUEUES } from './fill-topic.ts';
import { median, timed } from './idle.ts';
import { better, bound, type Pace, paceOf } from './pace.ts';
import { accessOf, openGroup, receiveAll } from './receive-raw.ts';
import { routedTopic } from './routed-topic.ts';
import { type Bench, row } from './row.ts';
import { sinkSpec } from './sink-spec.ts';
import { UNLIMITED } from './unlimited.ts';
import { kafkaTarget } from './write-raw-kafka.ts';

const COPY = 'shared-sink/200B';
const IDLE = 'shared-sink/idle';
const BYTES = 200;
const RECORDS = 60_000;
const ROUNDS = 3;
const IDLE_ROUNDS = 10;
const RUN_MS = 600_000;

/**
 * Measures a sink whose task shares the queues of a topic, over gRPC, against receives and acknowledgements alone and Kafka's client alone;
 * and a run that finds nothing, against opening and closing RocketMQ's client. Each round has a consumer group of its own.
 */
export const sharedSink: Bench = {
  names: [COPY, IDLE, `cpu/${COPY}`],
  servers: ['kafka', 'rocketmq', 'dynamodb'],
  async run({ addresses, progress }) {
    const admin = await RocketmqAdmin.open(addresses.rocketmqNamesrv);
    const topic = uniqueName('shared');
    const newGroup = async (): Promise<string> => {
      const group = uniqueName('shared');
      await admin.createGroup(group);
      return group;
    };
    try {
      await routedTopic(admin, addresses, topic, { queues: QUEUES });
      await kafkaTarget.create(addresses, topic);
      const idle: number[] = [];
      const opened: number[] = [];
      for (let round = 1; round <= IDLE_ROUNDS; round += 1) {
        progress(`shared-sink: empty run ${round} of ${IDLE_ROUNDS}`);
        idle.push(await emptyRun(addresses, topic, await newGroup()));
        const group = await newGroup();
        opened.push(await timed(async () => (await openGroup(addresses, topic, group)).close()));
      }
      progress(`shared-sink: filling RocketMQ with ${RECORDS} messages`);
      const filling = { records: RECORDS, perSend: RECORDS / QUEUES / 10 };
      await fillTopic(addresses.rocketmqNamesrv, topic, filling, (index) => kafkaTarget.record(index, BYTES));
      await admin.dispatched();
      const best: { [what in 'read' | 'send' | 'copy']?: Pace } = {};
      for (let round = 1; round <= ROUNDS; round += 1) {
        progress(`shared-sink: round ${round} of ${ROUNDS}`);
        best.read = better(best.read, await receiveAll(addresses, topic, await newGroup(), RECORDS));
        best.send = better(best.send, await kafkaTarget.writeRaw(addresses, topic, BYTES, RECORDS));
        best.copy = better(best.copy, await copyAll(addresses, topic, await newGroup()));
      }
      const { read, send, copy } = best as Required<typeof best>;
      return [
        row(`${IDLE}/ms`, median(idle), 'ms', median(opened)),
        row(`${COPY}/receive`, read.perSecond, 'records/s'),
        row(`${COPY}/1task`, copy.perSecond, 'records/s', bound({ read, send })),
        row(`cpu/${COPY}`, copy.cpuMicros, 'us/record', read.cpuMicros + send.cpuMicros),
      ];
    } finally {
      await kafkaTarget.remove(addresses, topic);
      await admin.deleteTopic(topic);
      admin.close();
    }
  },
};

async function copyAll(addresses: StackAddresses, topic: string, group: string): Promise<Pace> {
  await using runtime = new TestRuntime((await openTestStore(addresses)).store);
  const spec = await sharedSpec(addresses, topic, group);
  await runtime.apply(spec);
  return paceOf(() => recordsOfRun(runtime, spec), RECORDS);
}

/** Resolves with how long a first run takes that finds nothing, ms. */
async function emptyRun(addresses: StackAddresses, topic: string, group: string): Promise<number> {
  await using runtime = new TestRuntime((await openTestStore(addresses)).store);
  const spec = await sharedSpec(addresses, topic, group);
  await runtime.apply(spec);
  return timed(() => recordsOfRun(runtime, spec));
}

async function recordsOfRun(runtime: TestRuntime, { name }: ConnectorSpec): Promise<number> {
  const { summary } = await runtime.run({ connector: name, task: 0 }, RUN_MS);
  if (summary?.error !== undefined) throw new Error(JSON.stringify(summary.error));
  return summary?.records ?? 0;
}

async function sharedSpec(addresses: StackAddresses, topic: string, group: string): Promise<ConnectorSpec> {
  const options = { ...kafkaTarget.options(addresses, topic), delivery: 'shared' };
  const spec = await sinkSpec(addresses, group, kafkaTarget.name, options, topic);
  return { ...spec, batch: UNLIMITED, rocketmq: { ...spec.rocketmq, ...accessOf(addresses), topic, group } };
}
