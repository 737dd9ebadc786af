import type { SinkBatch, SinkTask, TaskClass } from '../../../src/api/index.ts';
import type { TaskOutcome } from '../../../src/runtime/run/contracts.ts';
import type { CopyOptions, SinkBench, SinkCopy } from './sink-bench.ts';

const QUEUES = 2;
const MESSAGES = 250;
const BYTES = 4_000;
/** A tenth of all, so that most is still to be read where a fault begins. */
const steps = { maxInFlightBytes: (QUEUES * MESSAGES * BYTES) / 10, checkpointIntervalMs: 0 };
const HELD_WRITE = 3;
/** A run that nothing reaches any more ends then. */
const DEADLINE_MS = 12_000;

/** A topic with so much that a copy takes many writes: `messages` in each queue. The connector is not applied yet. */
export async function largeCopy(bench: SinkBench, options: CopyOptions = {}, messages = MESSAGES): Promise<SinkCopy> {
  const copy = await bench.prepare({ queues: QUEUES, batch: steps, ...options });
  await copy.fill(messages, BYTES);
  return copy;
}

/** Starts a run, and returns while one of its first writes waits for `goOn`. */
export async function underWay(copy: SinkCopy): Promise<{ readonly running: Promise<TaskOutcome>; readonly goOn: () => void }> {
  const held = Promise.withResolvers<void>();
  const gate = Promise.withResolvers<void>();
  let writes = 0;
  const hold = async () => {
    writes += 1;
    if (writes !== HELD_WRITE) return;
    held.resolve();
    await gate.promise;
  };
  const taskClasses = Object.fromEntries(
    Object.entries(copy.sink.deps.taskClasses).map(([name, load]) => [name, async () => heldClass(await load(), hold)]),
  );
  const running = copy.sink.invoke({ deadlineMs: DEADLINE_MS, deps: { taskClasses } });
  const early = running.then((outcome) => {
    throw new Error(`the run ended before the fault: ${JSON.stringify(outcome)}`);
  });
  await Promise.race([held.promise, early]);
  early.catch(() => {});
  return { running, goOn: gate.resolve };
}

function heldClass(loaded: TaskClass, hold: () => Promise<void>): TaskClass {
  const create = class {
    constructor(context: never) {
      const task = new loaded.create(context) as SinkTask;
      const write = task.write.bind(task);
      task.write = async (batch: SinkBatch) => {
        await hold();
        return write(batch);
      };
      // biome-ignore lint/correctness/noConstructorReturn: the sink itself, with a write that waits
      return task as never;
    }
  };
  return { ...loaded, create } as unknown as TaskClass;
}
