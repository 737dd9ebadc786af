import type {
  Connector,
  ConnectorType,
  Finding,
  SinkBatch,
  SinkRecord,
  SinkTask,
  SinkTaskContext,
  TaskClass,
} from '../../../src/api/index.ts';
import { splitQueues } from '../../../src/kit/index.ts';

/** What a sink does in its system is scripted here; RocketMQ, store and runtime are real. */
export class ScriptedTarget {
  /** What it has, in the order of writing. */
  readonly written: SinkRecord[] = [];
  readonly batches: SinkBatch[] = [];
  maxRecords: number | undefined;
  positionsAreIn: string | undefined;
  /** What its check finds. */
  findings: Finding[] = [];
  starts = 0;
  stops = 0;
  /** Called before a batch is kept; what it throws is the answer, and nothing is kept. */
  onWrite: (batch: SinkBatch) => Promise<void> | void = () => {};
  /** Which records of a batch are refused by index. */
  failed: (batch: SinkBatch) => Awaited<ReturnType<SinkTask['write']>>['failed'] = () => undefined;
  onStart: (context: SinkTaskContext) => Awaited<ReturnType<SinkTask['start']>> = () => ({});

  get connectorTypes(): Readonly<Record<string, () => Promise<ConnectorType>>> {
    const connector: Connector = {
      taskClass: 'ScriptedSinkTask',
      check: async () => this.findings,
      taskConfigs: async (maxTasks, previous, _positions, queues) => splitQueues(maxTasks, previous, queues),
      stop: async () => {},
      positionsAreIn: this.positionsAreIn,
    };
    const config = { safeParse: (data: unknown) => ({ success: true, data }) };
    const type = {
      type: 'scripted-sink',
      direction: 'sink',
      summary: 'a test',
      config,
      startOptions: ['startAt'],
      create: () => connector,
    };
    return { 'scripted-sink': async () => type as unknown as ConnectorType };
  }

  get taskClasses(): Readonly<Record<string, () => Promise<TaskClass>>> {
    const create = (context: SinkTaskContext): SinkTask => ({
      ...(this.maxRecords !== undefined && { maxRecords: this.maxRecords }),
      start: async () => {
        this.starts += 1;
        return this.onStart(context);
      },
      write: async (batch) => {
        this.batches.push(batch);
        await this.onWrite(batch);
        const failed = this.failed(batch) ?? [];
        this.written.push(...batch.records.filter((_, index) => failed.every((record) => record.index !== index)));
        return failed.length === 0 ? {} : { failed };
      },
      stop: async () => {
        this.stops += 1;
      },
    });
    class Task {
      constructor(context: SinkTaskContext) {
        // biome-ignore lint/correctness/noConstructorReturn: the scripted task itself
        return create(context) as unknown as Task;
      }
    }
    return { ScriptedSinkTask: async () => ({ direction: 'sink', create: Task as never }) };
  }

  /** Offsets that were written of each queue, in their order. */
  get offsets(): Map<string, number[]> {
    const offsets = new Map<string, number[]>();
    for (const { partition, offset } of this.written) offsets.set(partition, [...(offsets.get(partition) ?? []), offset]);
    return offsets;
  }

  get values(): string[] {
    return this.written.map(({ value }) => String(value));
  }
}
