import { expect } from '@jest/globals';
import type { RunSummary } from '../../../src/store/store.ts';
import type { AddCase } from '../../support/side-by-side.ts';
import type { SinkHarness } from '../harness/sink-harness.ts';
import type { SinkBench } from './sink-bench.ts';

const MOST = 700;

/** Runs, plans and pauses one after the other. */
export function lifeCases(bench: () => SinkBench, addCase: AddCase, { sharesQueues }: SinkHarness): void {
  addCase('ends at its bounds, and goes on without a repeat', async () => {
    const copy = await bench().copy({ messages: 1_000, batch: { maxRecords: MOST } });
    const runs = [await copy.sink.run(), ...(await copy.settle())];
    const full = runs.filter(({ outcome }) => outcome === 'limit').map(({ records }) => records);
    // Where queues are shared, a run may end before it was given so much.
    expect(full).toEqual(Array(sharesQueues ? full.length : 2).fill(MOST));
    expect(full.length).toBeGreaterThan(0);
    expect(Math.max(...runs.map(({ records }) => records))).toBe(MOST);
    expect(await copy.expectComplete()).toBe(0);
  });

  addCase('copies what comes later, also after a new split', async () => {
    const copy = await bench().copy({ queues: 4, messages: 300 });
    await copy.settle();
    await copy.fill(300);
    expect((await copy.sink.apply({ maxTasks: 3 })).tasks).toHaveLength(3);
    await copy.settle();
    await copy.fill(100);
    await copy.sink.apply({ maxTasks: 1 });
    await copy.settle();
    expect(await copy.expectComplete()).toBe(0);
  });

  addCase('ends soon after it is asked to, and the next run goes on there', async () => {
    const copy = await bench().copy({ messages: 5_000, batch: { maxInFlightBytes: 64 * 1024 } });
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 100);
    await copy.sink.invoke({ signal: stop.signal });
    await copy.settle();
    expect(await copy.expectComplete()).toBe(0);
  });

  addCase('sends one record that is refused to the dead letters, and copies the others', async () => {
    const copy = await bench().prepare({ queues: 1, messages: 50 });
    const refused = copy.target.refused?.();
    if (refused === undefined) return;
    const deadLetterTopic = await bench().createLetterTopic();
    await copy.put(0, [refused], { refused: true });
    await copy.fill(50);
    await copy.sink.apply({ errors: { ...copy.sink.spec.errors, tolerance: 'dead-letter', deadLetterTopic } });
    const runs = await copy.settle();
    const sum = (count: (run: RunSummary) => number) => runs.reduce((total, run) => total + count(run), 0);
    expect([sum(({ records }) => records), sum(({ deadLetters }) => deadLetters)]).toEqual([101, 1]);
    expect(await copy.expectComplete()).toBe(0);
  });
}
