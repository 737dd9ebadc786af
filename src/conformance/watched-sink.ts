import assert from 'node:assert/strict';
import type { ConnectError, SinkBatch, SinkTask, SinkTaskClass, SinkTaskContext } from '../api/index.ts';
import { answerOf, endsSoonAfter, type OnFault } from './contract-watch.ts';

/** What a case wants to see or do. */
export interface SinkWatcher {
  /** Called before each write. */
  beforeWrite?(batch: SinkBatch): Promise<void>;
  /** Called behind each write that went well; what it throws is the answer. */
  afterWrite?(batch: SinkBatch): Promise<void>;
}

/** The task class, whose every answer is held against the contract. `fault` is told of the first one that breaks it. */
export const watchedSinkClass = (create: SinkTaskClass<never>, watcher: SinkWatcher, fault: OnFault): SinkTaskClass<never> =>
  class {
    readonly #task: SinkTask;
    readonly maxRecords?: number;

    constructor(context: SinkTaskContext<never>) {
      this.#task = new create(context);
      if (this.#task.maxRecords !== undefined) this.maxRecords = this.#task.maxRecords;
    }

    start() {
      return answerOf(this.#task.start(), fault);
    }

    async write(batch: SinkBatch): ReturnType<SinkTask['write']> {
      await watcher.beforeWrite?.(batch);
      using _late = endsSoonAfter(batch.signal, 'a write', fault);
      const result = await answerOf(this.#task.write(batch), fault);
      this.#look(result, batch);
      await watcher.afterWrite?.(batch);
      return result;
    }

    stop(withinMs?: number): Promise<void> {
      return answerOf(this.#task.stop(withinMs), fault);
    }

    #look({ failed = [] }: Awaited<ReturnType<SinkTask['write']>>, { records }: SinkBatch): void {
      try {
        for (const { index, error } of failed) {
          assert.ok(records[index] !== undefined, `record ${index} of ${records.length} failed, which is none of the batch`);
          assert.equal((error as Partial<ConnectError>).code, 'RECORD_REFUSED', 'a record that failed has an error RECORD_REFUSED');
        }
      } catch (error) {
        fault(error);
        throw error;
      }
    }
  };
