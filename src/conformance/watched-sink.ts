import assert from 'node:assert/strict';
import { ConnectError, type SinkBatch, type SinkTask, type SinkTaskClass, type SinkTaskContext } from '../api/index.ts';

/** How soon a write must end when its run is over, ms. */
const ABORT_MS = 2_000;

/** What a case wants to see or do. */
export interface SinkWatcher {
  /** Called before each write. */
  beforeWrite?(batch: SinkBatch): Promise<void>;
  /** Called behind each write that went well; what it throws is the answer. */
  afterWrite?(batch: SinkBatch): Promise<void>;
}

/** The task class, whose every answer is held against the contract. `fault` is told of the first one that breaks it. */
export const watchedSinkClass = (
  create: SinkTaskClass<never>,
  watcher: SinkWatcher,
  fault: (error: unknown) => void,
): SinkTaskClass<never> =>
  class {
    readonly #task: SinkTask;
    readonly maxRecords?: number;

    constructor(context: SinkTaskContext<never>) {
      this.#task = new create(context);
      if (this.#task.maxRecords !== undefined) this.maxRecords = this.#task.maxRecords;
    }

    start() {
      return this.#named(this.#task.start());
    }

    async write(batch: SinkBatch): ReturnType<SinkTask['write']> {
      await watcher.beforeWrite?.(batch);
      let late: NodeJS.Timeout | undefined;
      const onAbort = () => {
        late = setTimeout(() => fault(new Error(`a write went on for more than ${ABORT_MS} ms after its signal was aborted`)), ABORT_MS);
      };
      batch.signal.addEventListener('abort', onAbort);
      try {
        const result = await this.#named(this.#task.write(batch));
        this.#look(result, batch);
        await watcher.afterWrite?.(batch);
        return result;
      } finally {
        batch.signal.removeEventListener('abort', onAbort);
        clearTimeout(late);
      }
    }

    stop(withinMs?: number): Promise<void> {
      return this.#named(this.#task.stop(withinMs));
    }

    /** Errors that are no ConnectError name no remedy. */
    async #named<T>(work: Promise<T>): Promise<T> {
      try {
        return await work;
      } catch (error) {
        if (!(error instanceof ConnectError))
          fault(new Error(`the task threw what is no ConnectError: ${String(error)}`, { cause: error }));
        throw error;
      }
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
