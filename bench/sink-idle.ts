import { RocketmqAdmin } from '../infra/local/rocketmq-admin/rocketmq-admin.ts';
import type { TopicQueues } from '../src/rocketmq/types.ts';
import { uniqueName } from '../test/support/names.ts';
import { openTestStore } from '../test/support/pipeline.ts';
import { TestRuntime } from '../test/support/runtime.ts';
import { fillTopic, QUEUES } from './fill-topic.ts';
import { median, timed } from './idle.ts';
import { type Bench, row } from './row.ts';
import { sinkSpec } from './sink-spec.ts';
import { kafkaTarget } from './write-raw-kafka.ts';

const NAME = 'sink-idle/warm';
const ROUNDS = 30;
const RECORDS = 800;
const RUN_MS = 60_000;

/** Measures a warm invocation of a sink that has nothing to copy from eight queues, against one bare DynamoDB update. */
export const sinkIdle: Bench = {
  names: [NAME],
  servers: ['kafka', 'rocketmq', 'dynamodb'],
  async run({ addresses, progress }) {
    progress('sink-idle: warm invocations with nothing to copy');
    await using runtime = new CountingRuntime((await openTestStore(addresses)).store);
    const admin = await RocketmqAdmin.open(addresses.rocketmqNamesrv);
    const topic = uniqueName('sink-idle');
    await admin.createTopic(topic, { queues: QUEUES });
    await kafkaTarget.create(addresses, topic);
    try {
      await fillTopic(addresses.rocketmqNamesrv, topic, { records: RECORDS, perSend: RECORDS / QUEUES }, (index) =>
        kafkaTarget.record(index, 100),
      );
      await admin.dispatched();
      await runtime.apply(await sinkSpec(addresses, topic, kafkaTarget.name, kafkaTarget.options(addresses, topic), topic));
      const ref = { connector: topic, task: 0 };
      const { summary } = await runtime.run(ref, RUN_MS);
      if (summary?.records !== RECORDS) throw new Error(`${summary?.records} of ${RECORDS} records: ${JSON.stringify(summary)}`);
      const runs: number[] = [];
      const updates: number[] = [];
      let requests = 0;
      for (let round = 0; round < ROUNDS; round += 1) {
        const before = runtime.store.requests;
        runtime.pulls = 0;
        runs.push(await timed(() => runtime.run(ref, RUN_MS)));
        requests = runtime.store.requests - before;
        updates.push(await timed(() => runtime.store.setPaused(ref, false)));
      }
      return [
        row(`${NAME}/ms`, median(runs), 'ms', median(updates)),
        row(`${NAME}/dynamodb-requests`, requests, 'requests', 2),
        row(`${NAME}/pulls`, runtime.pulls, 'requests', QUEUES),
      ];
    } finally {
      await kafkaTarget.remove(addresses, topic);
      await admin.deleteTopic(topic);
      admin.close();
    }
  },
};

/** Counts the requests about queues. */
class CountingRuntime extends TestRuntime {
  pulls = 0;

  override get taskDeps(): TestRuntime['taskDeps'] {
    const deps = super.taskDeps;
    const loadQueues = async () => {
      const queues = await deps.loadQueues();
      const openQueues: typeof queues.openQueues = async (...args) => this.#counting(await queues.openQueues(...args));
      return { ...queues, openQueues };
    };
    return { ...deps, loadQueues };
  }

  #counting(queues: TopicQueues): TopicQueues {
    return new Proxy(queues, {
      get: (target, property) => {
        const value = Reflect.get(target, property, target);
        if (typeof value !== 'function') return value;
        return (...args: unknown[]) => {
          if (property !== 'close') this.pulls += 1;
          return value.apply(target, args);
        };
      },
    });
  }
}
