import { setTimeout as sleep } from 'node:timers/promises';
import type { SinkBatch, SinkTask, TaskClass } from '../../../src/api/index.ts';
import type { TaskOutcome } from '../../../src/runtime/run/contracts.ts';
import { ranOutOfTime } from '../ran-out-of-time.ts';
import type { CopyOptions, SinkBench } from './sink-bench.ts';
import type { SinkCopy } from './sink-copy.ts';

const QUEUES = 2;
const MESSAGES = 250;
const BYTES = 4_000;
/** A tenth of all, so that most is still to be read where a fault begins. */
const steps = { maxInFlightBytes: (QUEUES * MESSAGES * BYTES) / 10, checkpointIntervalMs: 0 };
const HELD_WRITE = 3;
/** A run that nothing reaches any more ends then. */
const DEADLINE_MS = 12_000;
/** The time of the last run that is tried on a busy machine. */
const LONGEST_MS = 8 * DEADLINE_MS;

/** A run that stands still in its middle. */
interface HeldRun {
  readonly running: Promise<TaskOutcome>;
  /** Lets it write on. */
  readonly goOn: () => void;
}

/** A topic with so much that a copy takes many writes: `messages` in each queue. The connector is not applied yet. */
export async function largeCopy(bench: SinkBench, options: CopyOptions = {}, messages = MESSAGES): Promise<SinkCopy> {
  const copy = await bench.prepare({ queues: QUEUES, batch: steps, ...options });
  await copy.fill(messages, BYTES);
  return copy;
}

/**
 * Starts a run, and returns while one of its first writes waits for `goOn`. A run whose time was over before, because the machine was busy,
 * is followed by another that has twice the time.
 */
export async function underWay(copy: SinkCopy): Promise<HeldRun> {
  for (let deadlineMs = DEADLINE_MS; ; await sleep(100)) {
    const begun = await begin(copy, deadlineMs);
    if ('goOn' in begun) return begun;
    if (!ranOutOfTime(begun) || deadlineMs > LONGEST_MS) throw new Error(`the run ended before the fault: ${JSON.stringify(begun)}`);
    if (begun.outcome !== 'not-before') deadlineMs *= 2;
  }
}

/** Resolves to the run while its write waits, or to how it ended before. */
async function begin(copy: SinkCopy, deadlineMs: number): Promise<HeldRun | TaskOutcome> {
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
  const running = copy.sink.invoke({ deadlineMs, deps: { taskClasses } });
  return Promise.race([held.promise.then(() => ({ running, goOn: gate.resolve })), running]);
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
