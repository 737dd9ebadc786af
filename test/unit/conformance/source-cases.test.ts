import { describe, expect, it } from '@jest/globals';
import type {
  Connector,
  ConnectRecord,
  PollLimit,
  PollResult,
  SourceRecord,
  SourceTask,
  SourceTaskContext,
} from '../../../src/api/index.ts';
import { ConnectError } from '../../../src/api/index.ts';
import { section, text } from '../../../src/config/index.ts';
import { type SourceHarness, sourceCases } from '../../../src/conformance/index.ts';
import { assignSticky, errorFinding } from '../../../src/kit/index.ts';

const logs = new Map<string, Map<string, ConnectRecord[]>>();

function logOf(name: string): Map<string, ConnectRecord[]> {
  const log = logs.get(name);
  if (log === undefined) throw new ConnectError('NOT_FOUND', `log ${name} does not exist`, { remedy: 'correct source.log' });
  return log;
}

/** Logs in memory. */
class LogConnector implements Connector {
  readonly taskClass = 'LogTask';
  readonly log: string;

  constructor({ log }: { log: string }) {
    this.log = log;
  }

  async check() {
    return logs.has(this.log)
      ? []
      : [errorFinding('source.log', new ConnectError('NOT_FOUND', 'it does not exist', { remedy: 'correct it' }))];
  }

  async taskConfigs(maxTasks: number, previous: ReadonlyArray<{ partitions: readonly string[] }>) {
    const before = previous.map(({ partitions }) => partitions);
    return assignSticky([...logOf(this.log).keys()], maxTasks, before).map((partitions) => ({ partitions }));
  }

  async stop() {}
}

class LogTask implements SourceTask {
  readonly context: SourceTaskContext<{ log: string }>;
  readonly ends = new Map<string, number>();
  readonly at = new Map<string, number>();

  constructor(context: SourceTaskContext<{ log: string }>) {
    this.context = context;
  }

  async start() {
    for (const partition of this.context.taskConfig.partitions) {
      this.ends.set(partition, logOf(this.context.config.log).get(partition)?.length ?? 0);
      this.at.set(partition, Number(this.context.positions.get(partition) ?? 0));
    }
  }

  async poll({ maxRecords }: PollLimit): Promise<PollResult> {
    const records: SourceRecord[] = [];
    for (const [partition, end] of this.ends) {
      const log = logOf(this.context.config.log).get(partition) ?? [];
      for (let index = this.at.get(partition) ?? 0; index < end && records.length < maxRecords; index += 1) {
        records.push({ ...(log[index] as ConnectRecord), partition, id: this.idOf(index), position: this.positionAt(index) });
        this.at.set(partition, index + 1);
      }
    }
    return { records, caughtUp: [...this.ends].every(([partition, end]) => (this.at.get(partition) ?? 0) >= end) };
  }

  idOf = (index: number) => String(index);
  positionAt = (index: number) => String(index + 1);

  async stop() {}
}

let made = 0;

const harness = (Connects: new (config: { log: string }) => Connector, Task: typeof LogTask): SourceHarness => ({
  connector: {
    connectorTypes: {
      'log-source': async () => ({
        type: 'log-source',
        direction: 'source',
        summary: 'Copies logs.',
        config: section({ log: text({ description: 'Name of the log.' }) }, { description: 'The log.' }),
        create: (config) => new Connects(config as { log: string }),
      }),
    },
    taskClasses: { LogTask: async () => ({ direction: 'source', create: Task as never }) },
  },
  type: 'log-source',
  async createSource(count) {
    made += 1;
    const name = `log-${made}`;
    const partitions = Array.from({ length: count }, (_, index) => `p${index}`);
    const log = new Map<string, ConnectRecord[]>(partitions.map((partition) => [partition, []]));
    logs.set(name, log);
    return {
      partitions,
      config: { log: name },
      wrong: [{ config: { log: 'away' }, option: 'source.log', code: 'NOT_FOUND' }],
      samples: [
        { key: Buffer.from([0, 255]), value: Buffer.alloc(0), headers: [{ name: 'a', value: null }], timestamp: 7 },
        { key: null, value: null, headers: [] },
      ],
      fill: async (partition, records) => void log.get(partition)?.push(...records),
      remove: async () => void logs.delete(name),
    };
  },
});

/** What a case says of a source: undefined where it passes. */
async function findingOf(name: string, tested: SourceHarness): Promise<unknown> {
  const wanted = sourceCases(tested).find((one) => one.name === name);
  if (wanted === undefined) throw new Error(`the suite has no case '${name}'`);
  return wanted.run().then(
    () => undefined,
    (error: unknown) => error,
  );
}

const tasks: ReadonlyArray<readonly [string, typeof LogTask, string]> = [
  [
    'loses the record after a position',
    class extends LogTask {
      override positionAt = (index: number) => String(index + 2);
    },
    'goes on right behind the record of any position',
  ],
  [
    'repeats the record at a position',
    class extends LogTask {
      override positionAt = (index: number) => String(index);
    },
    'goes on at the stored positions, run after run',
  ],
  [
    'makes up its ids',
    class extends LogTask {
      override idOf = () => String(Math.random());
    },
    'gives a record the same id each time, so that a repeat after a crash can be told',
  ],
  [
    'gives two records one id',
    class extends LogTask {
      override idOf = () => 'one';
    },
    'copies every record once, in the order of its partition',
  ],
  [
    'ignores the limit of records',
    class extends LogTask {
      override poll = (limit: PollLimit) => super.poll({ ...limit, maxRecords: 1_000 });
    },
    'goes on at the stored positions, run after run',
  ],
  [
    'follows an end that moves',
    class extends LogTask {
      override async poll(limit: PollLimit) {
        const { records } = await super.poll({ ...limit, maxRecords: 1 });
        await this.start();
        return { records, caughtUp: false };
      }
    },
    'ends at the end of the source as it was when the run began, also while more comes',
  ],
  [
    'throws what is no ConnectError',
    class extends LogTask {
      override async start() {
        if (!logs.has(this.context.config.log)) throw new Error('ENOENT');
        await super.start();
      }
    },
    'says what is wrong in a task as its check does',
  ],
  [
    'stops late',
    class extends LogTask {
      override stop = () => new Promise<void>((resolve) => setTimeout(resolve, 2_100));
    },
    'stops within its time, also where it was never started',
  ],
  [
    'changes bytes',
    class extends LogTask {
      override async poll(limit: PollLimit) {
        const { records, caughtUp } = await super.poll(limit);
        return { records: records.map((record) => ({ ...record, value: record.value ?? Buffer.alloc(0) })), caughtUp };
      }
    },
    'copies what the system can carry, byte for byte',
  ],
];

const connectors: ReadonlyArray<readonly [string, new (config: { log: string }) => Connector, string]> = [
  [
    'leaves a partition out',
    class extends LogConnector {
      override taskConfigs = async () => [{ partitions: [...logOf(this.log).keys()].slice(1) }];
    },
    'puts every partition into one task, of as many as maxTasks allows',
  ],
  [
    'deals partitions anew',
    class extends LogConnector {
      override taskConfigs = async (maxTasks: number) =>
        assignSticky(
          [...logOf(this.log).keys()].sort(() => Math.random() - 0.5),
          maxTasks,
          [],
        ).map((partitions) => ({ partitions }));
    },
    'leaves partitions where they are: a plan without a change moves none, and one more task as few as it can',
  ],
  [
    'finds nothing ever',
    class extends LogConnector {
      override check = async () => [];
    },
    'names the option and the remedy of a configuration that is wrong, within 10 s',
  ],
];

describe('the conformance suite of sources', () => {
  it.each(sourceCases(harness(LogConnector, LogTask)))('passes a source that does what the contract says: $name', async ({ run }) => {
    await run();
  });

  it.each(tasks)('finds a task that %s', async (_, Task, name) => {
    expect(await findingOf(name, harness(LogConnector, Task))).toHaveProperty('message');
  });

  it.each(connectors)('finds a connector that %s', async (_, Connects, name) => {
    expect(await findingOf(name, harness(Connects, LogTask))).toHaveProperty('message');
  });
});
