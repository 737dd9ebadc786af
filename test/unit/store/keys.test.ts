import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { runKey, runOfKey, runsOf, taskKey, taskOfKey, tasksOf } from '../../../src/store/dynamodb/keys.ts';

const ref = fc.record({ connector: fc.stringMatching(/^[A-Za-z][A-Za-z0-9._-]{0,63}$/), task: fc.integer({ min: 0, max: 9_999 }) });

describe('keys', () => {
  it('are read back as the task or run that they were made of', () => {
    fc.assert(
      fc.property(ref, fc.integer({ min: 0, max: 9e12 }), (of, startedAt) => {
        expect(taskOfKey(taskKey(of))).toEqual(of);
        expect(runOfKey(runKey(of, startedAt))).toEqual(of);
      }),
    );
  });

  it('sort tasks by number and runs by time', () => {
    expect(taskKey({ connector: 'orders', task: 9 }).sk < taskKey({ connector: 'orders', task: 10 }).sk).toBe(true);
    expect(runKey({ connector: 'orders', task: 9 }, 999).sk < runKey({ connector: 'orders', task: 1 }, 1_000).sk).toBe(true);
  });

  it('have the first tasks together, and spread 10,000 so that one key holds a second of their runs', () => {
    const keys = Array.from({ length: 10_000 }, (_, task) => taskKey({ connector: 'orders', task }).pk);
    expect(new Set(keys.slice(0, 128))).toEqual(new Set([tasksOf('orders')]));
    const counts = Map.groupBy(keys, (key) => key);
    // Lease, checkpoint and release of an item of up to 1 KiB are three of the 1,000 units that a key takes in a second.
    for (const tasks of counts.values()) expect(3 * tasks.length).toBeLessThan(1_000);
    expect([...counts.keys()].every((key) => key.startsWith('connector#'))).toBe(true);
  });

  it('keep tasks and runs of all connectors apart', () => {
    const partitions = ['orders', 'orders-2', 'runs'].flatMap((connector) => [tasksOf(connector), runsOf(connector)]);
    expect(new Set(partitions).size).toBe(partitions.length);
  });
});
