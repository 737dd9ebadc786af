import assert from 'node:assert/strict';
import {
  ConnectError,
  type PollLimit,
  type PollResult,
  recordBytes,
  type SourceRecord,
  type SourceTask,
  type SourceTaskClass,
  type SourceTaskContext,
} from '../api/index.ts';
import { answerOf, endsSoonAfter, type OnFault } from './contract-watch.ts';

const MAX_POSITION_BYTES = 16 * 1024;

/** What a case wants to see or do. */
export interface TaskWatcher {
  /** Called before each poll. */
  beforePoll?(): Promise<void>;
}

/** The task class, whose every answer is held against the contract. `fault` is told of the first one that breaks it. */
export const watchedClass = (create: SourceTaskClass<never>, watcher: TaskWatcher, fault: OnFault): SourceTaskClass<never> =>
  class {
    readonly #context: SourceTaskContext<never>;
    readonly #task: SourceTask;

    constructor(context: SourceTaskContext<never>) {
      this.#context = context;
      this.#task = new create(context);
      // The runtime asks which of the optional methods are there.
      for (const name of OPTIONAL) {
        const method = this.#task[name] as ((...args: unknown[]) => unknown) | undefined;
        if (method !== undefined) Object.assign(this, { [name]: method.bind(this.#task) });
      }
    }

    start(): Promise<void> {
      return this.#answerOf(this.#task.start());
    }

    async poll(limit: PollLimit): Promise<PollResult> {
      await watcher.beforePoll?.();
      using _late = endsSoonAfter(this.#context.signal, 'a poll', fault);
      const result = await this.#answerOf(this.#task.poll(limit));
      this.#look(result, limit);
      return result;
    }

    stop(withinMs?: number): Promise<void> {
      return this.#answerOf(this.#task.stop(withinMs));
    }

    /** A run that is over may end with any error. */
    #answerOf<T>(work: Promise<T>): Promise<T> {
      return answerOf(work, fault, () => this.#context.signal.aborted);
    }

    #look({ records, positions, stopped, caughtUp }: PollResult, { maxRecords, maxBytes }: PollLimit): void {
      const own = new Set(this.#context.taskConfig.partitions);
      try {
        assert.equal(typeof caughtUp, 'boolean', 'caughtUp is true or false');
        assert.ok(records.length <= maxRecords, `a poll for ${maxRecords} records brought ${records.length}`);
        const bytes = records.reduce((sum, record) => sum + recordBytes(record), 0);
        assert.ok(records.length <= 1 || bytes <= maxBytes, `a poll for ${maxBytes} bytes brought ${bytes} in ${records.length} records`);
        for (const record of records) lookAtRecord(record, own);
        for (const [partition, position] of positions ?? []) lookAtPosition(partition, position, own);
        for (const [partition, error] of stopped ?? []) {
          assert.ok(own.has(partition), `partition ${partition} stopped, and is none of this task`);
          assert.ok(error instanceof ConnectError, `partition ${partition} stopped with what is no ConnectError`);
        }
      } catch (error) {
        fault(error);
        throw error;
      }
    }
  };

const OPTIONAL = ['acknowledged', 'stored', 'leave', 'wearsOut', 'remaining', 'lag'] as const;

function lookAtRecord(record: SourceRecord, own: ReadonlySet<string>): void {
  lookAtPosition(record.partition, record.position, own);
  assert.ok(typeof record.id === 'string' && record.id !== '', `a record of ${record.partition} has no id`);
  for (const [name, bytes] of [
    ['key', record.key],
    ['value', record.value],
    ...record.headers.map((header) => [header.name, header.value] as const),
  ] as const)
    assert.ok(bytes === null || Buffer.isBuffer(bytes), `${name} of record ${record.partition}@${record.id} is neither a Buffer nor null`);
}

function lookAtPosition(partition: string, position: unknown, own: ReadonlySet<string>): void {
  assert.ok(own.has(partition), `partition ${partition} is none of this task`);
  assert.ok(typeof position === 'string', `a position of ${partition} is no text`);
  assert.ok(Buffer.byteLength(position) <= MAX_POSITION_BYTES, `a position of ${partition} has more than 16 KiB`);
}
