import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ConnectError, type SinkBatch } from '../../../src/api/index.ts';
import { FakeQueues } from './fake-queues.ts';
import { type LaneOptions, laneOf, NAME, range, refusal } from './lane-lab.ts';

const numberOf = (position: string | undefined) => Number(position?.split('@')[0] ?? 0);
const keyed = (count: number, keyOf: (offset: number) => string | undefined) => Object.assign(new FakeQueues(0, count), { keyOf });
const byKey = (offsets: readonly number[], { keyOf }: FakeQueues) => Map.groupBy(offsets, (offset) => keyOf(offset) ?? 'none');
const sorted = (offsets: readonly number[]) => offsets.toSorted((a, b) => a - b);

function expectOrder(written: readonly number[], queues: FakeQueues): void {
  for (const offsets of byKey(written, queues).values()) {
    const firsts = [...new Set(offsets)];
    expect(firsts).toEqual(sorted(firsts));
  }
}

/** A key for each record: few keys, many, or none. */
const keys = fc.array(fc.constantFrom(undefined, 'a', 'b', 'c', 'd', 'e', 'f', '1', '2', '3'), { minLength: 1, maxLength: 400 });

describe('lanes of a queue by key', () => {
  it('keep the order of each key, and lose nothing, in whichever order the target answers and the run ends', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        keys,
        fc.integer({ min: 2, max: 9 }),
        fc.integer({ min: 1, max: 12 }),
        async (s, of, lanes, stopAt) => {
          const queues = keyed(of.length, (offset) => of[offset]);
          const all: number[] = [];
          const run = (from: number, signal: AbortSignal, onWrite: () => void) =>
            laneOf({
              queues,
              from,
              lanes,
              signal,
              inFlightBytes: 400,
              write: async ({ records }, _, position) => {
                onWrite();
                expect(range(from, numberOf(position)).every((offset) => all.includes(offset))).toBe(true);
                await s.schedule(Promise.resolve());
                all.push(...records.map(({ offset }) => offset));
                return {};
              },
            });
          const stop = new AbortController();
          let writes = 0;
          const onWrite = () => {
            writes += 1;
            if (writes === stopAt) stop.abort();
          };
          const first = await s.waitFor(run(0, stop.signal, onWrite));
          expect(first.failure).toBeUndefined();
          const reached = numberOf(first.position);
          expect(range(0, reached).every((offset) => all.includes(offset))).toBe(true);
          const second = await s.waitFor(run(reached, new AbortController().signal, () => {}));
          expect(second.end).toBe('caught-up');
          expect(sorted([...new Set(all)])).toEqual(range(0, of.length));
          expectOrder(first.written, queues);
          expectOrder(second.written, queues);
          expectOrder(all, queues);
        },
      ),
      { numRuns: 150 },
    );
  });

  it('stop at the first refused record of the queue, with all before it written and nothing of its key behind it', async () => {
    const refused = fc.uniqueArray(fc.nat({ max: 199 }), { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), keys, refused, async (s, of, bad) => {
        const queues = keyed(of.length, (offset) => of[offset]);
        const [first] = sorted(bad.filter((offset) => offset < of.length));
        const write = async ({ records }: SinkBatch) => {
          await s.schedule(Promise.resolve());
          const failed = records.flatMap(({ offset }, index) => (bad.includes(offset) ? [{ index, error: refusal() }] : []));
          if (failed.length > 0) throw refusal();
          return {};
        };
        const done = await s.waitFor(laneOf({ queues, lanes: 4, inFlightBytes: 400, write }));
        if (first === undefined) return expect(done.end).toBe('caught-up');
        expect(done.end).toBe('stopped');
        expect(done.stopped).toMatchObject([{ place: `${NAME}@${first}`, code: 'RECORD_REFUSED' }]);
        expect(numberOf(done.position)).toBe(first);
        expect(range(0, first).every((offset) => done.written.includes(offset))).toBe(true);
        expect(done.written.filter((offset) => offset > first && of[offset] === of[first])).toEqual([]);
        expectOrder(done.written, queues);
        const skips = bad.map((offset) => `${NAME}@${offset}`);
        const after = await s.waitFor(laneOf({ queues, from: first, skips, lanes: 4, inFlightBytes: 400, write }));
        expect(after).toMatchObject({ end: 'caught-up', stopped: [] });
        expect(numberOf(after.position)).toBe(of.length);
        const wanted = range(0, of.length).filter((offset) => !bad.includes(offset));
        expect(sorted([...new Set([...done.written, ...after.written])])).toEqual(wanted);
      }),
      { numRuns: 150 },
    );
  });

  it('make dead letters of refused records, and pass messages without a record and gaps in their order', async () => {
    const queues = keyed(300, (offset) => `key ${offset % 7}`);
    queues.missing = new Set(range(33, 37));
    const write = ({ records }: SinkBatch) => {
      const failed = records.flatMap(({ offset }, index) => (offset % 50 === 3 ? [{ index, error: refusal() }] : []));
      return { failed };
    };
    const options: LaneOptions = { queues, lanes: 5, tolerance: 'dead-letter', write };
    expect(await laneOf(options)).toMatchObject({ end: 'stopped', position: '33@32', stopped: [{ code: 'POSITION_LOST' }] });
    const done = await laneOf({ ...options, onOffsetLost: 'earliest' });
    expect(done).toMatchObject({ end: 'caught-up', position: '300@299', records: 296 });
    expect(sorted(done.dead)).toEqual([3, 53, 103, 153, 203, 253]);
    expect(sorted([...done.written, ...done.dead])).toEqual([...range(0, 33), ...range(37, 300)]);
  });

  it('go on where one of them stands still, until the memory is used up', async () => {
    const queues = Object.assign(
      keyed(3_000, (offset) => (offset % 10 === 0 ? 'slow' : `key ${offset % 10}`)),
      { bodyBytes: 1_000 },
    );
    const gate = Promise.withResolvers<void>();
    const others = new Set<number>();
    const isSlow = ({ records }: SinkBatch) => records.some(({ key }) => String(key) === 'slow');
    let slowLane = '';
    const copying = laneOf({
      queues,
      lanes: 8,
      inFlightBytes: 128 * 1024,
      write: async (batch) => {
        if (slowLane === '' && isSlow(batch)) slowLane = batch.lane;
        if (batch.lane === slowLane) await gate.promise;
        else for (const { offset } of batch.records) others.add(offset);
        return {};
      },
    });
    for (let still = 0, seen = -1; still < 200; still += 1) {
      await nextTurn();
      if (queues.highest !== seen) still = 0;
      seen = queues.highest;
    }
    const waiting = range(0, queues.highest + 1).filter((offset) => !others.has(offset)).length;
    expect(others.size).toBeGreaterThan(waiting);
    expect(waiting * 1_000).toBeLessThan(128 * 1024);
    expect(queues.highest).toBeLessThan(2_900);
    gate.resolve();
    const done = await copying;
    expect(done).toMatchObject({ end: 'caught-up', position: '3000@2999', records: 3_000 });
    expectOrder(done.written, queues);
  });

  it('fail where most records are refused, before any becomes a dead letter, however small their batches are', async () => {
    const queues = keyed(24, (offset) => `key ${offset}`);
    const write = async ({ lane, records }: SinkBatch) => {
      // Lanes answer at times of their own.
      for (let turn = 0; turn < Number(lane.at(-1)); turn += 1) await nextTurn();
      return { failed: records.map((_, index) => ({ index, error: refusal() })) };
    };
    const done = await laneOf({ queues, lanes: 8, tolerance: 'dead-letter', write });
    expect(done).toMatchObject({ end: 'aborted', dead: [], failure: { code: 'RECORD_REFUSED', retriable: false } });
    expect(done.failure?.message).toMatch(/more than half of \d\d records are refused, so that none became a dead letter/);
    const few = await laneOf({ queues: keyed(9, (offset) => `key ${offset}`), lanes: 8, tolerance: 'dead-letter', write });
    expect(few.end).toBe('caught-up');
    expect(sorted(few.dead)).toEqual(range(0, 9));
  });

  it('name their batches by lane, and write several at a time', async () => {
    const lanes = new Set<string>();
    let atOnce = 0;
    let most = 0;
    const done = await laneOf({
      queues: keyed(1_000, (offset) => `key ${offset}`),
      lanes: 6,
      write: async ({ lane }) => {
        lanes.add(lane);
        atOnce += 1;
        most = Math.max(most, atOnce);
        await nextTurn();
        atOnce -= 1;
        return {};
      },
    });
    expect(done.end).toBe('caught-up');
    expect([...lanes].toSorted()).toEqual(range(0, 6).map((lane) => `${NAME}#${lane}`));
    expect(most).toBe(6);
  });

  it('end the run at any other failure of one of them', async () => {
    const write = ({ lane }: SinkBatch) => {
      if (lane.endsWith('#1')) throw new ConnectError('FORBIDDEN', 'no');
      return {};
    };
    const done = await laneOf({ queues: keyed(500, (offset) => `key ${offset}`), lanes: 3, write });
    expect(done).toMatchObject({ end: 'aborted', failure: { code: 'FORBIDDEN' } });
    expect(done.written.length).toBeGreaterThanOrEqual(numberOf(done.position));
  });
});
