import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ConnectError, type SinkBatch, type SinkTask } from '../../../src/api/index.ts';
import { messageToSinkRecord } from '../../../src/rocketmq/sink-record.ts';
import type { MessageFilter } from '../../../src/rocketmq/types.ts';
import { AckTracker } from '../../../src/runtime/run/ack-tracker.ts';
import { PartitionStops } from '../../../src/runtime/run/partition-stops.ts';
import { BatchWriter } from '../../../src/runtime/sink/batch-writer.ts';
import { QueueFeed } from '../../../src/runtime/sink/queue-feed.ts';
import { QueueLane } from '../../../src/runtime/sink/queue-lane.ts';
import type { OnOffsetLost } from '../../../src/runtime/sink/queue-start.ts';
import { readAs } from '../../../src/runtime/sink/read-message.ts';
import type { RefusedMessage } from '../../../src/runtime/sink/sink-dead-letter.ts';
import type { SinkDeadLetterSender } from '../../../src/runtime/sink/sink-dead-letter-sender.ts';
import { SinkProgress } from '../../../src/runtime/sink/sink-progress.ts';
import { WriteWindow } from '../../../src/runtime/sink/write-window.ts';
import { connectorSpec } from '../../support/specs.ts';
import { FakeQueues } from './fake-queues.ts';

const NAME = 't:b:0';
const refusal = () => new ConnectError('RECORD_REFUSED', 'odd');

interface LaneOptions {
  readonly queues: FakeQueues;
  readonly from?: number;
  readonly tolerance?: 'fail' | 'dead-letter';
  readonly skips?: readonly string[];
  readonly onOffsetLost?: OnOffsetLost;
  readonly maxRecords?: number;
  readonly filter?: MessageFilter;
  readonly signal?: AbortSignal;
  /** `dead`: offsets of the dead letters so far. */
  readonly write?: (batch: SinkBatch, dead: readonly number[]) => Awaited<ReturnType<SinkTask['write']>> | ReturnType<SinkTask['write']>;
  /** Why no dead letter can be made. */
  readonly undeliverable?: ConnectError;
}

function laneOf({
  queues,
  from = 0,
  tolerance = 'fail',
  skips = [],
  onOffsetLost = 'fail',
  maxRecords = 1e6,
  write = () => ({}),
  undeliverable,
  filter,
  signal = new AbortController().signal,
}: LaneOptions) {
  const written: number[] = [];
  const dead: number[] = [];
  const notices: string[] = [];
  let writes = 0;
  const task: SinkTask = {
    start: async () => ({}),
    stop: async () => {},
    write: async (batch) => {
      writes += 1;
      const result = await write(batch, dead);
      const failed = new Set(result.failed?.map(({ index }) => index));
      written.push(...batch.records.map(({ offset }) => offset).filter((_, index) => !failed.has(index)));
      return result;
    },
  };
  const tracker = new AckTracker();
  const stops = new PartitionStops({ connector: 'c', partitions: [NAME], skips: new Set(skips) });
  const progress = new SinkProgress({ maxRecords, maxBytes: 1e9 });
  const window = new WriteWindow(Date.now() + 20_000, signal);
  const feed = new QueueFeed(
    { queues, name: NAME, readAs: readAs('t', messageToSinkRecord), maxBytes: 1e6, maxRecords: 1_000, filter },
    from,
    queues.max,
  );
  const send = async ({ read }: RefusedMessage) => undeliverable ?? void dead.push(read.message.offset);
  const deadLetters = { send } as unknown as SinkDeadLetterSender;
  const lane = new QueueLane({
    topic: 't',
    partition: NAME,
    feed,
    writer: new BatchWriter({ task, partition: NAME, window, signal }),
    window,
    deadLetters,
    errors: { ...connectorSpec().errors, tolerance },
    onOffsetLost,
    tracker,
    stops,
    progress,
    signal,
    onNotice: (notice) => notices.push(notice),
  });
  const copy = async () => {
    const end = await lane.copy();
    window.close();
    return {
      end,
      written,
      dead,
      notices,
      writes,
      failure: progress.failure,
      records: progress.records,
      stopped: stops.stopped,
      position: tracker.positions.get(NAME),
    };
  };
  return copy();
}

const range = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => from + index);

describe('a lane of a queue', () => {
  it('writes all messages in order, and keeps the place behind the last', async () => {
    expect(await laneOf({ queues: new FakeQueues(0, 2_500) })).toMatchObject({
      end: 'caught-up',
      written: range(0, 2_500),
      records: 2_500,
      position: '2500@2499',
      writes: 3,
    });
  });

  it('passes over messages that the filter leaves out, and keeps the place behind the last', async () => {
    const queues = Object.assign(new FakeQueues(0, 50_000), { matches: (offset: number) => offset === 3 || offset === 30_000 });
    expect(await laneOf({ queues, filter: { sql: 'a = 1' } })).toMatchObject({
      end: 'caught-up',
      written: [3, 30_000],
      records: 2,
      position: '50000@49999',
    });
  });

  it('keeps places on the way where the filter takes nothing, so that the next run goes on there', async () => {
    const queues = Object.assign(new FakeQueues(0, 500_000), { matches: () => false });
    const controller = new AbortController();
    let looked = 0;
    queues.matches = () => {
      looked += 1;
      if (looked === 200_000) controller.abort();
      return false;
    };
    const { end, position } = await laneOf({ queues, filter: { sql: 'a = 1' }, signal: controller.signal });
    expect(end).toBe('aborted');
    const [offset, storedAt] = (position ?? '').split('@').map(Number) as [number, number];
    expect(offset).toBeGreaterThan(50_000);
    expect(storedAt).toBe(offset - 1);
  });

  it('counts what it copies towards the bound of the run, and not what it passes over', async () => {
    const queues = Object.assign(new FakeQueues(0, 3_000), { matches: (offset: number) => offset % 100 === 99 });
    const { end, written, position } = await laneOf({ queues, filter: { sql: 'a = 1' }, maxRecords: 20 });
    expect({ end, written }).toEqual({ end: 'limit', written: range(0, 20).map((hundred) => 100 * hundred + 99) });
    const offset = Number(position?.split('@')[0]);
    expect(offset).toBeGreaterThanOrEqual(2_000);
    expect(offset).toBeLessThan(2_100);
  });

  it.each(['fail', 'earliest'] as const)('sees what is missing among messages that the filter leaves out: %s', async (onOffsetLost) => {
    const queues = Object.assign(new FakeQueues(0, 3_000), { matches: (offset: number) => offset === 2_500 });
    queues.min = 1_000;
    const result = await laneOf({ queues, filter: { sql: 'a = 1' }, onOffsetLost });
    if (onOffsetLost === 'fail') expect(result).toMatchObject({ end: 'stopped', written: [], stopped: [{ code: 'POSITION_LOST' }] });
    else expect(result).toMatchObject({ end: 'caught-up', written: [2_500], notices: [expect.stringContaining('0 to 999')] });
  });

  it('ends at the bound of the run', async () => {
    expect(await laneOf({ queues: new FakeQueues(0, 50), maxRecords: 20 })).toMatchObject({
      end: 'limit',
      written: range(0, 20),
      position: '20@19',
    });
  });

  it('finds each refused record by halves, whichever they are, and writes all others in order', async () => {
    const cases = fc.record({
      count: fc.integer({ min: 20, max: 1_200 }),
      bad: fc.array(fc.nat(1_199), { maxLength: 6 }),
      byIndex: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(cases, async ({ count, bad, byIndex }) => {
        const refused = new Set(bad.filter((offset) => offset < count));
        const write = ({ records }: SinkBatch) => {
          const failed = records.flatMap(({ offset }, index) => (refused.has(offset) ? [{ index, error: refusal() }] : []));
          if (failed.length > 0 && !byIndex) throw refusal();
          return { failed };
        };
        const done = await laneOf({ queues: new FakeQueues(0, count), tolerance: 'dead-letter', write });
        expect(done).toMatchObject({
          end: 'caught-up',
          dead: [...refused].sort((a, b) => a - b),
          records: count,
          position: `${count}@${count - 1}`,
        });
        expect(done.written).toEqual(range(0, count).filter((offset) => !refused.has(offset)));
        const batches = Math.ceil(count / 1_000);
        expect(done.writes).toBeLessThanOrEqual(batches + (byIndex ? 0 : refused.size * 2 * 10));
      }),
      { numRuns: 60 },
    );
  });

  it('stops before a refused record, with nothing written behind it, and passes over it when told to', async () => {
    const write = ({ records }: SinkBatch) => {
      if (records.some(({ offset }) => offset === 300)) throw refusal();
      return {};
    };
    const queues = new FakeQueues(0, 1_000);
    expect(await laneOf({ queues, write })).toMatchObject({
      end: 'stopped',
      written: range(0, 300),
      position: '300@299',
      stopped: [{ place: `${NAME}@300`, code: 'RECORD_REFUSED', message: expect.stringContaining('odd') }],
    });
    const passed = await laneOf({ queues, write, skips: [`${NAME}@300`], from: 300 });
    expect(passed).toMatchObject({ end: 'caught-up', written: range(301, 1_000), position: '1000@999' });
  });

  it('fails where most records are refused, before any becomes a dead letter', async () => {
    const write = ({ records }: SinkBatch) => {
      if (records.some(({ offset }) => offset >= 5)) throw refusal();
      return {};
    };
    const done = await laneOf({ queues: new FakeQueues(0, 40), tolerance: 'dead-letter', write });
    expect(done).toMatchObject({ end: 'aborted', dead: [], position: '5@4', failure: { code: 'RECORD_REFUSED', retriable: false } });
  });

  it('makes dead letters before a target that keeps positions passes them, and each once', async () => {
    const queues = new FakeQueues(0, 2_000);
    const bad = [3, 400, 401, 999, 1_500, 1_999];
    const read = queues.read.bind(queues);
    queues.read = (name, place) => {
      const reader = read(name, place);
      const next = async () => (await reader.next())?.map((one) => (one.offset === 700 ? { ...one, compressed: true as const } : one));
      return { next };
    };
    const write = async ({ records, settled }: SinkBatch, dead: readonly number[]) => {
      if (records.some(({ offset }) => bad.includes(offset))) throw refusal();
      await settled?.();
      const last = records.at(-1)?.offset as number;
      const passed = [...bad, 700].filter((offset) => offset < last);
      expect(dead).toEqual(expect.arrayContaining(passed));
      return {};
    };
    const done = await laneOf({ queues, tolerance: 'dead-letter', write });
    expect(done).toMatchObject({ end: 'caught-up', records: 2_000, position: '2000@1999' });
    expect(done.dead.toSorted((a, b) => a - b)).toEqual([...bad, 700].toSorted((a, b) => a - b));
    const undeliverable = new ConnectError('RECORD_REFUSED', 'too large for a dead letter');
    const stopped = await laneOf({ queues, tolerance: 'dead-letter', write, undeliverable });
    expect(stopped).toMatchObject({ end: 'stopped', written: range(0, 3), dead: [], stopped: [{ place: `${NAME}@3` }] });
  });

  it('tries a write no more that has lost its lease', async () => {
    const write = () => {
      throw new ConnectError('LEASE_LOST', 'taken over', { retriable: true });
    };
    expect(await laneOf({ queues: new FakeQueues(0, 10), write })).toMatchObject({ failure: { code: 'LEASE_LOST' }, writes: 1 });
  });

  it('takes few records that are all refused for bad records', async () => {
    const write = () => {
      throw refusal();
    };
    expect(await laneOf({ queues: new FakeQueues(0, 9), tolerance: 'dead-letter', write })).toMatchObject({
      end: 'caught-up',
      dead: range(0, 9),
    });
  });

  it('tries a write again where the target was away', async () => {
    let away = 3;
    const write = () => {
      away -= 1;
      if (away > 0) throw new ConnectError('UNREACHABLE', 'away', { retriable: true });
      return {};
    };
    expect(await laneOf({ queues: new FakeQueues(0, 10), write })).toMatchObject({ end: 'caught-up', written: range(0, 10), writes: 3 });
  });

  it('ends the run at any other failure, and keeps its place', async () => {
    const write = () => {
      throw new ConnectError('FORBIDDEN', 'no');
    };
    const done = await laneOf({ queues: new FakeQueues(0, 10), tolerance: 'dead-letter', write });
    expect(done).toMatchObject({ failure: { code: 'FORBIDDEN' }, writes: 1, dead: [] });
    expect(done.position).toBeUndefined();
  });

  it('writes what comes before a gap, stops there, and goes on behind it where that is wanted', async () => {
    const queues = new FakeQueues(0, 100);
    queues.missing = new Set(range(33, 37));
    const stopped = await laneOf({ queues });
    expect(stopped).toMatchObject({ end: 'stopped', written: range(0, 33), position: '33@32', stopped: [{ code: 'POSITION_LOST' }] });
    const passed = await laneOf({ queues, onOffsetLost: 'earliest' });
    expect(passed).toMatchObject({ end: 'caught-up', position: '100@99', notices: [expect.stringContaining('33 to 36')] });
    expect(passed.written).toEqual([...range(0, 33), ...range(37, 100)]);
  });

  it('says of a message that is no record that it is refused', async () => {
    const queues = new FakeQueues(0, 30);
    const read = queues.read.bind(queues);
    queues.read = (name, place) => {
      const reader = read(name, place);
      const next = async () => (await reader.next())?.map((one) => (one.offset === 12 ? { ...one, compressed: true as const } : one));
      return { next };
    };
    expect(await laneOf({ queues })).toMatchObject({ end: 'stopped', written: range(0, 12), stopped: [{ place: `${NAME}@12` }] });
    expect(await laneOf({ queues, skips: [`${NAME}@12`] })).toMatchObject({
      end: 'caught-up',
      written: range(0, 30).filter((offset) => offset !== 12),
    });
    expect(await laneOf({ queues, tolerance: 'dead-letter' })).toMatchObject({ end: 'caught-up', dead: [12], records: 30 });
  });
});
