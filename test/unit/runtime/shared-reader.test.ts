import { describe, expect, it } from '@jest/globals';
import type { SharedMessage } from '../../../src/rocketmq/types.ts';
import type { SharedRead } from '../../../src/runtime/sink/shared-lanes.ts';
import { SharedReader } from '../../../src/runtime/sink/shared-reader.ts';
import { SinkProgress } from '../../../src/runtime/sink/sink-progress.ts';

const BYTES = 1_000;
const IDLE_MS = 50;

/** Queues whose messages are numbers, by place. Nothing real makes an answer come in parts on demand. */
class ScriptedQueues {
  readonly waiting: number[][];
  arrived = 0;
  roundTripsMade = 0;
  /** Happens while RocketMQ answers small requests. */
  onRoundTrips = async (): Promise<void> => {};

  constructor(...waiting: number[][]) {
    this.waiting = waiting;
  }

  get places(): number {
    return this.waiting.length;
  }

  async receive(place: number, most: number, signal: AbortSignal): Promise<SharedMessage[]> {
    const queue = this.waiting[place] as number[];
    // As a proxy does: an empty receive is held.
    while (queue.length === 0 && !signal.aborted) await new Promise((resolve) => setTimeout(resolve, 1));
    const given = queue.splice(0, most);
    this.arrived += given.length;
    return given.map((number) => ({ topic: 'topic', partition: `topic:broker:${place}`, message: number }) as unknown as SharedMessage);
  }

  async roundTrips(): Promise<void> {
    this.roundTripsMade += 1;
    await this.onRoundTrips();
  }
}

/** Takes down what was read, as a target that has it at once. */
function reader(queues: ScriptedQueues, maxBytes = 1e9) {
  const read: number[] = [];
  const progress = new SinkProgress({ maxRecords: 1e9, maxBytes: 1e12 });
  const lanes = {
    pending: 0,
    bytes: 0,
    add: (messages: readonly SharedRead[]) => void read.push(...messages.map(({ shared }) => shared.message as unknown as number)),
    changed: async () => {},
  };
  const readAs = (shared: SharedMessage) => ({ shared, message: shared.message, bytes: BYTES }) as SharedRead;
  const signal = new AbortController().signal;
  return { read, progress, reader: new SharedReader({ queues, lanes, progress, readAs, idleMs: IDLE_MS, maxBytes, signal }) };
}

describe('what a run reads of shared queues', () => {
  it('is all, from each place, also where messages are so large that few may be asked for', async () => {
    const queues = new ScriptedQueues([1, 2, 3, 4, 5, 6], [7]);
    const { reader: of, read } = reader(queues, BYTES);
    let before = 0;
    queues.onRoundTrips = async () => {
      // The second place gets its messages when the first one is empty, and has the only receive.
      before += 1;
      if (before > 1) return;
      queues.waiting[1]?.push(8, 9);
      while (queues.waiting[1]?.length === 2) await new Promise((resolve) => setTimeout(resolve, 1));
    };
    expect(await of.read()).toBe('caught-up');
    expect(read.sort()).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it('is not all where parts of an answer still come: the run goes on', async () => {
    const queues = new ScriptedQueues([]);
    const { reader: of, read } = reader(queues);
    queues.onRoundTrips = async () => {
      if (queues.roundTripsMade > 3) return;
      queues.arrived += 1;
      if (queues.roundTripsMade === 3) queues.waiting[0]?.push(1);
    };
    expect(await of.read()).toBe('caught-up');
    expect(read).toEqual([1]);
    expect(queues.roundTripsMade).toBeGreaterThan(3);
  });

  it('ends with the failure where RocketMQ does not answer any more', async () => {
    const queues = new ScriptedQueues([]);
    const { reader: of, progress } = reader(queues);
    queues.onRoundTrips = () => Promise.reject(new Error('no answer'));
    expect(await of.read()).toBe('aborted');
    expect(progress.failure?.message).toContain('no answer');
  });
});
