import { afterAll, beforeAll, describe, expect } from '@jest/globals';
import { ConnectError } from '../../../src/api/index.ts';
import { itSideBySide } from '../../support/side-by-side.ts';
import { letterTopic, runUntil, sharedSink } from '../../support/sink/shared-sink.ts';
import type { LabSink } from '../../support/sink/sink-lab.ts';
import { SinkLab } from '../../support/sink/sink-lab.ts';

/** Of all cases together, on a busy machine. */
const LIMIT_MS = 1_200_000;
const COUNT = 200;
const ROUNDS = 10;
/** A proxy takes no shorter one. */
const INVISIBLE_MS = 10_000;
/** A busy machine asks for more time well before half of it is left. */
const HELD_MS = 30_000;

const hasAll = (sink: LabSink, count: number) => () => new Set(sink.target.values).size === count;

describe('a sink whose tasks share the queues of its topic', () => {
  let lab: SinkLab;
  beforeAll(async () => {
    lab = await SinkLab.open();
  });
  afterAll(() => lab[Symbol.asyncDispose]());

  itSideBySide((it) => {
    it('copies all with more tasks than queues, and acknowledges it', async () => {
      const sink = await sharedSink(lab, { queues: 2, tasks: 3 });
      const plan = await sink.apply();
      expect(plan.tasks.map(({ partitions }) => partitions)).toEqual([['worker-0'], ['worker-1'], ['worker-2']]);
      await sink.fill(0, COUNT);
      await sink.fill(1, COUNT);

      const runs = await runUntil(sink, hasAll(sink, 2 * COUNT));
      expect(runs.flatMap(({ error, notices }) => [error, ...(notices ?? [])]).filter((each) => each !== undefined)).toEqual([]);
      const places = sink.target.written.map(({ partition, offset }) => `${partition}@${offset}`);
      expect(new Set(places).size).toBe(places.length);
      const { outcome, records, lagRecords } = await sink.run();
      expect({ outcome, records, lagRecords }).toEqual({ outcome: 'caught-up', records: 0, lagRecords: 0 });
    });

    it('opens no target where nothing comes', async () => {
      const sink = await sharedSink(lab);
      await sink.apply();
      const { outcome, records, lagRecords, error } = await sink.run();
      expect({ outcome, records, lagRecords, error }).toEqual({ outcome: 'caught-up', records: 0, lagRecords: 0, error: undefined });
      expect(sink.target.starts).toBe(0);
    });

    it('finds in its next run what RocketMQ gave to a receive that had ended', async () => {
      const sink = await sharedSink(lab, { queues: 1 });
      await sink.apply();
      let foundAtOnce = false;
      // A busy RocketMQ gives them again later than the run listens.
      for (let round = 1; round <= ROUNDS && !foundAtOnce; round += 1) {
        await sink.run();
        await sink.fill(0, COUNT);
        foundAtOnce = (await sink.run()).records === COUNT;
        await runUntil(sink, () => sink.target.values.length >= round * COUNT);
      }
      expect(foundAtOnce).toBe(true);
    });

    it('ends at the bounds of a run, gives back what it does not take in, and copies the rest in the next runs', async () => {
      const batch = { maxRecords: 70, maxBytes: 1e9, maxDurationMs: 60_000, maxInFlightBytes: 32e6, checkpointIntervalMs: 10_000 };
      const sink = await sharedSink(lab, { queues: 1, spec: { batch } });
      await sink.apply();
      await sink.fill(0, COUNT);
      const runs = await runUntil(sink, hasAll(sink, COUNT));
      expect(Math.max(...runs.map(({ records }) => records))).toBeLessThanOrEqual(70);
      expect(runs.filter(({ outcome }) => outcome === 'limit').length).toBeGreaterThanOrEqual(2);
    });

    it('keeps the order of each queue in a group that consumes in order', async () => {
      const sink = await sharedSink(lab, { queues: 2, tasks: 2, orderly: true });
      await sink.apply();
      await sink.fill(0, COUNT);
      await sink.fill(1, COUNT);
      await runUntil(sink, hasAll(sink, 2 * COUNT));
      for (const queue of [0, 1]) {
        const firsts = [...new Set(sink.target.values.filter((value) => value.startsWith(`${queue} `)))];
        expect(firsts).toEqual(Array.from({ length: COUNT }, (_, index) => `${queue} ${index}`));
      }
    });

    it('makes dead letters of refused records, which do not come again', async () => {
      const letters = await letterTopic(lab);
      const errors = {
        tolerance: 'dead-letter',
        deadLetterTopic: letters,
        maxFailures: 5,
        backoffMs: 1_000,
        maxBackoffMs: 60_000,
      } as const;
      const sink = await sharedSink(lab, { queues: 1, invisibleTimeMs: INVISIBLE_MS, spec: { errors } });
      await sink.apply();
      sink.target.failed = ({ records }) =>
        records.flatMap(({ value }, index) =>
          String(value) === '0 7' ? [{ index, error: new ConnectError('RECORD_REFUSED', 'it is the seventh') }] : [],
        );
      await sink.fill(0, 50);
      const runs = await runUntil(sink, hasAll(sink, 49));
      expect(runs.reduce((sum, { deadLetters }) => sum + deadLetters, 0)).toBe(1);
      const found = (await lab.topics.admin.readTopic(letters)).flat();
      expect(found.map(({ body }) => String(body))).toEqual(['0 7']);
      expect([...(found[0]?.properties.values() ?? [])]).toContain('it is the seventh');
      const later = await sink.run();
      expect(later).toMatchObject({ outcome: 'caught-up', records: 0, deadLetters: 0 });
    });

    it('fails at a refused record, which comes again to another task', async () => {
      const sink = await sharedSink(lab, { queues: 1, tasks: 2, invisibleTimeMs: INVISIBLE_MS });
      await sink.apply();
      const refuse = ({ records }: Parameters<typeof sink.target.failed>[0]) =>
        records.flatMap(({ value }, index) =>
          String(value) === '0 7' ? [{ index, error: new ConnectError('RECORD_REFUSED', 'it is the seventh') }] : [],
        );
      sink.target.failed = refuse;
      await sink.fill(0, 50);
      const [failed] = (await runUntil(sink, () => sink.target.batches.length > 0, { tasks: [0] })).slice(-1);
      expect(failed).toMatchObject({ outcome: 'failed', error: { code: 'RECORD_REFUSED' } });
      expect(failed?.error?.message).toMatch(/^record .*:broker-a:0@\d+: it is the seventh/);
      expect((await sink.invoke()).outcome).toBe('failed-before');

      sink.target.failed = () => undefined;
      await runUntil(sink, hasAll(sink, 50), { tasks: [1] });
    });

    it('keeps what a slow target writes from all others', async () => {
      const sink = await sharedSink(lab, { queues: 1, tasks: 2, invisibleTimeMs: HELD_MS });
      await sink.apply();
      const { promise: mayEnd, resolve: end } = Promise.withResolvers<void>();
      const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
      sink.target.onWrite = async () => {
        begin();
        await mayEnd;
      };
      await sink.fill(0, 20);
      const slow = runUntil(sink, hasAll(sink, 20), { tasks: [0], deadlineMs: 300_000 });
      await begun;
      const over = Date.now() + 1.25 * HELD_MS;
      const others: number[] = [];
      while (Date.now() < over) others.push((await sink.run({ task: 1 })).records);
      end();
      await slow;
      expect(others.length).toBeGreaterThan(0);
      expect(others.every((records) => records === 0)).toBe(true);
      expect(sink.target.written).toHaveLength(20);
    });
  }, LIMIT_MS);
});
