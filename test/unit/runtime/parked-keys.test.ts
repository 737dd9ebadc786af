import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ConnectError, type SinkBatch } from '../../../src/api/index.ts';
import { storedToMessage } from '../../../src/rocketmq/sink-record.ts';
import type { LettersModule, StoredMessage } from '../../../src/rocketmq/types.ts';
import { LetterPage } from '../../../src/runtime/dead-letters/letter-page.ts';
import type { ReadLetter } from '../../../src/runtime/dead-letters/read-letter.ts';
import type { LetterWorkPage } from '../../../src/runtime/planner-api.ts';
import { LETTER } from '../../../src/runtime/run/letter-properties.ts';
import { QueueParking } from '../../../src/runtime/sink/queue-parking.ts';
import { type RefusedMessage, sinkDeadLetters } from '../../../src/runtime/sink/sink-dead-letter.ts';
import { connectorSpec } from '../../support/specs.ts';
import { FakeQueues } from './fake-queues.ts';
import { laneOf, NAME, range, refusal } from './lane-lab.ts';
import { LetterQueues, messageWith } from './letter-queues.ts';
import { MemoryMarks } from './memory-marks.ts';
import { MemoryParked } from './memory-parked.ts';

const CONNECTOR = 'orders';
const DEAD = 'dead:b:0';
const errors = { ...connectorSpec().errors, tolerance: 'dead-letter' as const, deadLetterTopic: 'dead' };
const offsetOf = (position: string | undefined) => Number(position?.split('@')[0] ?? 0);

interface WorldOptions {
  /** The key of each record. */
  readonly keys: ReadonlyArray<string | undefined>;
  readonly bad: readonly number[];
  /** What no record can be made of. */
  readonly damaged?: readonly number[];
  readonly parkKeys?: boolean;
  readonly lanes?: number | undefined;
  /** The target names refused records; else it refuses the whole batch. */
  readonly byIndex?: boolean;
}

/** A queue, a target, a topic of dead letters and a store. Whatever touches one of them may be the last thing that a process does. */
class World {
  readonly parked = new MemoryParked();
  readonly marks = new MemoryMarks();
  readonly letters: StoredMessage[] = [];
  /** The last record that the target has of each key, by offset. */
  readonly target = new Map<string, number>();
  readonly bad: Set<number>;
  readonly #options: WorldOptions;
  #position = 0;
  #left = Number.POSITIVE_INFINITY;

  constructor(options: WorldOptions) {
    this.#options = options;
    this.bad = new Set(options.bad);
    this.parked.step = () => this.#step();
    this.marks.onWrite = () => this.#step();
  }

  get parkedKeys(): number {
    return this.parked.items.get(NAME)?.keys.size ?? 0;
  }

  /** A run that dies at the step of this number. `back`: how much of what it reached is not stored then, from 0 to 1. */
  async run(dieAt = Number.POSITIVE_INFINITY, back = 0) {
    const { keys, lanes, byIndex, damaged = [], parkKeys = true } = this.#options;
    this.#left = dieAt;
    const keyOf = (offset: number) => keys[offset];
    const queues = Object.assign(new FakeQueues(0, keys.length), { keyOf, damaged: new Set(damaged) });
    const write = ({ records }: SinkBatch) => {
      this.#step();
      const failed = records.flatMap(({ offset }, index) => (this.bad.has(offset) ? [{ index, error: refusal() }] : []));
      if (failed.length > 0 && byIndex !== true) throw refusal();
      for (const { offset } of records) if (!this.bad.has(offset)) this.#write(offset);
      this.#step();
      return { failed };
    };
    const done = await laneOf({
      queues,
      from: this.#position,
      tolerance: 'dead-letter',
      write,
      onLetter: (refused) => this.#send(refused),
      ...(lanes !== undefined && { lanes }),
      ...(parkKeys && { parking: await QueueParking.take(this.parked, CONNECTOR, NAME) }),
    });
    const reached = Math.max(this.#position, offsetOf(done.position));
    this.#position = this.#left > 0 ? reached : reached - Math.floor((reached - this.#position) * back);
    return done;
  }

  /** All pages of a redrive that dies at the step of this number. */
  async redrive(dieAt = Number.POSITIVE_INFINITY, request: { readonly places?: readonly string[]; readonly action?: 'drop' } = {}) {
    this.#left = dieAt;
    const { parkKeys = true } = this.#options;
    const queues = new LetterQueues({ [DEAD]: [...this.letters] });
    const page = new LetterPage({
      spec: connectorSpec({ name: CONNECTOR, direction: 'sink', errors: { ...errors, parkKeys } }),
      request: { action: 'redrive', connector: CONNECTOR, cursor: {}, ...request },
      opened: { topic: 'dead', queues, rocketmq: {} as LettersModule },
      store: Object.assign(Object.create(this.parked), {
        letterMarks: () => this.marks.letterMarks(),
        putLetterMarks: this.marks.putLetterMarks.bind(this.marks),
        forgetLetterMarks: this.marks.forgetLetterMarks.bind(this.marks),
      }) as MemoryParked & MemoryMarks,
      openRedriver: async () => ({ deliver: async (letters) => this.#deliver(letters), close: async () => {} }),
      end: Date.now() + 200_000,
    });
    return page.run({ [DEAD]: { next: 0, end: this.letters.length } }).catch((error: unknown): LetterWorkPage => {
      if (this.#left > 0) throw error;
      return { connector: CONNECTOR, topic: 'dead', done: 0, settled: 0, failures: [], left: 1 };
    });
  }

  /** The newest record of each key. */
  get newest(): Map<string, number> {
    return new Map(this.#options.keys.flatMap((key, offset) => (key === undefined ? [] : [[key, offset] as const])));
  }

  #write(offset: number): void {
    const key = this.#options.keys[offset];
    if (key !== undefined) this.target.set(key, offset);
  }

  #send(refused: RefusedMessage): void {
    this.#step();
    const [letter] = sinkDeadLetters(CONNECTOR, refused, storedToMessage);
    if (letter === undefined) throw new Error('no letter');
    this.letters.push(messageWith(this.letters.length, [...letter.properties, ['KEYS', letter.keys.join(' ')]]));
    this.#step();
  }

  #deliver(letters: readonly ReadLetter[]) {
    this.#step();
    return letters.map(({ message }) => {
      const offset = Number(message.properties.get(LETTER.position));
      if (this.bad.has(offset)) return refusal();
      this.#write(offset);
      this.#step();
      return undefined;
    });
  }

  #step(): void {
    this.#left -= 1;
    if (this.#left <= 0) throw new ConnectError('INTERNAL', 'the process died');
  }
}

describe('parked keys', () => {
  it('leave the newest record of each key in the target, whatever dies, is mended and redriven in between', async () => {
    const dieAt = fc.option(fc.integer({ min: 1, max: 25 }), { nil: undefined });
    const event = fc.oneof(
      fc.record({ kind: fc.constant('run' as const), dieAt, back: fc.double({ min: 0, max: 1, noNaN: true }) }),
      fc.record({ kind: fc.constant('redrive' as const), dieAt }),
      fc.record({ kind: fc.constant('mend' as const), which: fc.nat({ max: 3 }) }),
    );
    const world = fc.record({
      keys: fc.array(fc.constantFrom('a', 'b', 'c', undefined), { minLength: 1, maxLength: 30 }),
      bad: fc.uniqueArray(fc.nat({ max: 29 }), { maxLength: 3 }),
      damaged: fc.uniqueArray(fc.nat({ max: 29 }), { maxLength: 2 }),
      lanes: fc.constantFrom(undefined, 3),
      byIndex: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(world, fc.array(event, { maxLength: 8 }), async (options, events) => {
        const one = new World(options);
        for (const done of events) {
          if (done.kind === 'run') await one.run(done.dieAt, done.back);
          else if (done.kind === 'redrive') await one.redrive(done.dieAt);
          else one.bad.delete([...one.bad][done.which] ?? -1);
        }
        one.bad.clear();
        await one.run();
        await one.redrive();
        expect(one.parkedKeys).toBe(0);
        expect((await one.run()).end).toBe('caught-up');
        expect(one.target).toEqual(one.newest);
      }),
      { numRuns: 400 },
    );
  });

  const overwritten = { keys: ['a', 'b', 'a', 'b'], bad: [0] };

  it('keep a redrive from overwriting what is newer, which it does without them', async () => {
    for (const parkKeys of [true, false]) {
      const one = new World({ ...overwritten, parkKeys });
      await one.run();
      expect(one.letters.map(({ properties }) => properties.get(LETTER.position))).toEqual(parkKeys ? ['0', '2'] : ['0']);
      one.bad.clear();
      await one.redrive();
      expect(one.target.get('a')).toBe(parkKeys ? 2 : 0);
      expect(one.target.get('b')).toBe(3);
    }
  });

  it('say what they are behind, and count for no breaker', async () => {
    const one = new World({ keys: range(0, 40).map((offset) => (offset === 0 ? 'b' : 'a')), bad: [1], byIndex: true });
    expect(await one.run()).toMatchObject({ end: 'caught-up', failure: undefined });
    expect(one.letters).toHaveLength(39);
    expect(one.letters[0]?.properties.get(LETTER.reason)).toBe('odd');
    for (const { properties } of one.letters.slice(1)) {
      expect(properties.get(LETTER.code)).toBe('RECORD_REFUSED');
      expect(properties.get(LETTER.reason)).toBe(`parked behind ${NAME}@1, which is a dead letter of its key`);
      expect(properties.get(LETTER.keyHash)).toBe(one.letters[0]?.properties.get(LETTER.keyHash));
    }
    expect(one.parkedKeys).toBe(1);
  });

  it('are parked before their dead letter is sent, so that a record is not tried again that has one', async () => {
    const one = new World({ ...overwritten, byIndex: true });
    // A write and the store have two steps each: the dead letter itself is not sent.
    await one.run(5);
    expect([one.letters.length, one.parkedKeys]).toEqual([0, 1]);
    one.bad.clear();
    await one.run();
    expect(one.letters.map(({ properties }) => properties.get(LETTER.reason))).toEqual([
      'refused by a run that died before it wrote why',
      expect.stringContaining('parked behind'),
    ]);
    await one.redrive();
    expect(one.target).toEqual(one.newest);
  });

  it('stay parked where an earlier dead letter of them is refused again or not chosen, and are free once all are dropped', async () => {
    const one = new World({ keys: ['a', 'a', 'b', 'a', 'b'], bad: [0, 2] });
    await one.run();
    const failures = (page: LetterWorkPage) => page.failures.map(({ place, code }) => [place, code]);
    expect(failures(await one.redrive(undefined, { places: ['b:0@1'] }))).toEqual([['b:0@1', 'WRONG_STATE']]);
    one.bad.delete(2);
    const { done, failures: failed } = await one.redrive();
    expect([done, failed.map(({ code }) => code)]).toEqual([2, ['RECORD_REFUSED', 'WRONG_STATE', 'WRONG_STATE']]);
    expect([one.parkedKeys, one.target.get('b'), one.target.get('a')]).toEqual([1, 4, undefined]);
    await one.redrive(undefined, { action: 'drop' });
    expect(one.parkedKeys).toBe(0);
  });

  it('stay parked where somebody resumes the connector meanwhile', async () => {
    const one = new World(overwritten);
    await one.run();
    one.bad.clear();
    const list = one.parked.listTasks.bind(one.parked);
    one.parked.listTasks = async () => {
      await one.parked.takeParkedKeys(CONNECTOR, NAME);
      return list();
    };
    await expect(one.redrive()).rejects.toMatchObject({ code: 'WRONG_STATE', message: expect.stringContaining('was resumed') });
    expect([one.parkedKeys, one.target.get('a')]).toEqual([1, 2]);
  });

  it('shut out a run that has lost the queue, before its next dead letter', async () => {
    const store = new MemoryParked();
    const early = await QueueParking.take(store, CONNECTOR, NAME);
    const late = await QueueParking.take(store, CONNECTOR, NAME);
    const read = { message: { ...messageWith(7), properties: new Map([['__SHARDINGKEY', 'k']]) }, bytes: 1 };
    await expect(early.park([read])).rejects.toMatchObject({ code: 'LEASE_LOST', retriable: true });
    expect(await late.park([read])).toBeUndefined();
    expect(store.items.get(NAME)?.keys.size).toBe(1);
  });

  it('stop a queue where no more of them find room, before the record', async () => {
    const keys = range(0, 2_100).map((offset) => `key ${offset}`);
    const one = new World({ keys, bad: range(0, 1_001).map((place) => 2 * place), byIndex: true });
    const done = await one.run();
    expect(done).toMatchObject({ end: 'stopped', stopped: [{ place: `${NAME}@2000`, code: 'WRONG_STATE' }] });
    expect(done.stopped[0]?.remedy).toContain('dlq redrive orders');
    expect(one.parkedKeys).toBe(1_000);
  });
});
