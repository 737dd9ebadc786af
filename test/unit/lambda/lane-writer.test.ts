import { describe, expect, it } from '@jest/globals';
import type { ConnectError } from '../../../src/api/index.ts';
import type { FunctionClient } from '../../../src/connectors/lambda/function-client.ts';
import { LaneWriter } from '../../../src/connectors/lambda/lane-writer.ts';
import { queued } from '../../support/sink/batches.ts';

/** Offsets in the event of an invocation. */
function offsetsIn(payload: Uint8Array): number[] {
  const { records } = JSON.parse(Buffer.from(payload).toString()) as {
    readonly records: Record<string, Array<{ readonly offset: number }>>;
  };
  return Object.values(records)
    .flat()
    .map(({ offset }) => offset);
}

describe('a lane of a function', () => {
  it('hands over a record no more once it is refused, also where other lanes have the offsets before it', async () => {
    const events: number[][] = [];
    const invoke = async (payload: Uint8Array) => {
      const offsets = offsetsIn(payload);
      events.push(offsets);
      return offsets.includes(16) ? { threw: '{"errorMessage":"no"}' } : { returned: 'null' };
    };
    const lane = new LaneWriter({ invoke } as unknown as FunctionClient, { batchSize: 10, maxAttempts: 1 }, 0);
    const records = queued(33, () => ({})).filter(({ offset }) => offset % 8 === 0);
    const write = (from: number, to: number) =>
      lane
        .write({ records: records.slice(from, to), deadline: Date.now() + 60_000, signal: new AbortController().signal })
        .catch(({ code }: ConnectError) => code);
    // The runtime halves what is refused, and goes on behind the refused record.
    expect(await write(0, 5)).toBe('RECORD_REFUSED');
    const seen = events.length;
    expect(await write(0, 2)).toBeUndefined();
    for (const [from, to] of [
      [2, 5],
      [2, 3],
    ] as const)
      expect(await write(from, to)).toBe('RECORD_REFUSED');
    expect(events.length).toBe(seen);
    expect(await write(3, 5)).toBeUndefined();
    expect(events.slice(seen)).toEqual([[24, 32]]);
  });
});
