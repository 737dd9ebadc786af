import { expect } from '@jest/globals';
import type { KafkaSinkTask } from '../../../src/connectors/kafka/sink/sink.ts';
import { queued, write } from '../../support/sink/batches.ts';
import type { Run } from './kafka-lab.ts';
import type { KafkaSinkLab, SinkOptions } from './kafka-sink-lab.ts';

/** A busy machine may take this long to restart a broker. */
export const RESTART_MS = 300_000;
/** Sources and sinks wait for a broker as long as for a request. */
export const PATIENT = { requestTimeoutMs: 240_000 };
const BATCHES = 20;
const SIZE = 250;
/** What each queue of a sink holds. */
export const QUEUED = BATCHES * SIZE;

/** Something that is known to be in the middle of its work, and the others that wait for it. */
class Middle {
  readonly #reached: ReadonlyArray<PromiseWithResolvers<void>>;
  readonly all: Promise<unknown>;

  constructor(count: number) {
    this.#reached = Array.from({ length: count }, () => Promise.withResolvers<void>());
    this.all = Promise.all(this.#reached.map(({ promise }) => promise));
  }

  /** Resolves once all are there. */
  reach(place: number): Promise<unknown> {
    this.#reached[place]?.resolve();
    return this.all;
  }
}

/** Each sink writes batches of two queues, and a run reads the topic of the source, where there is one. */
export interface Through {
  readonly sinks: readonly SinkOptions[];
  /** A topic that takes some ten polls. */
  readonly source?: string;
  /** Begins once all are in the middle of their work. None of them waits for its end. */
  readonly fault: () => Promise<unknown>;
}

/** Resolves to what Kafka has in the end of each queue of each sink, and to what the run read. */
export async function through(
  lab: KafkaSinkLab,
  { sinks, source, fault }: Through,
): Promise<{ written: string[][]; read: Run | undefined }> {
  const tasks = await Promise.all(sinks.map((options) => lab.sink({ partition: 'queue', ...options })));
  const middle = new Middle(tasks.length + (source === undefined ? 0 : 1));
  const began = middle.all.then(() => ({ ended: fault() }));
  const writing = tasks.flatMap((task, place) => [writeQueue(task, 0, () => middle.reach(place)), writeQueue(task, 1)]);
  const reading = source === undefined ? undefined : readThrough(lab, source, () => middle.reach(tasks.length));
  const [read] = await Promise.all([reading, ...writing]);
  await (await began).ended;
  const written: string[][] = [];
  for (const [place, task] of tasks.entries()) {
    await task.stop();
    const topic = String(sinks[place]?.topic);
    await lab.topics.endedOffsets(topic);
    const texts = await lab.texts(topic);
    written.push(...[0, 1].map((partition) => texts.filter((record) => record.partition === partition).map(({ value }) => String(value))));
  }
  return { written, read };
}

async function writeQueue(task: KafkaSinkTask, queue: number, onMiddle?: () => Promise<unknown>): Promise<void> {
  for (let batch = 0; batch < BATCHES; batch += 1) {
    if (batch === 5) await onMiddle?.();
    const records = queued(
      SIZE,
      // A broker that starts forgets producers by the times of their records, which are those of messages here.
      (index) => ({ offset: batch * SIZE + index, value: Buffer.from(String(batch * SIZE + index)), bornAt: Date.now() }),
      queue,
    );
    expect(await write(task, records, undefined, Date.now() + RESTART_MS)).toEqual([]);
  }
}

function readThrough(lab: KafkaSinkLab, topic: string, onMiddle: () => Promise<unknown>): Promise<Run> {
  let polls = 0;
  return lab.run(
    { topics: [topic], maxFetchBytes: 65_536, ...PATIENT },
    {
      limit: { maxRecords: 100, maxBytes: 1e6 },
      onPoll: async () => {
        polls += 1;
        if (polls === 3) await onMiddle();
        // The rest takes longer than the begin of the fault.
        await new Promise((resolve) => setTimeout(resolve, 20));
      },
    },
  );
}
