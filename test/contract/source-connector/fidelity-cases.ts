import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { ConnectRecord, Header } from '../../../src/api/index.ts';
import { userHeaderName } from '../../../src/kit/index.ts';
import { contentOf, type MappedRecord, messageToRecord } from '../../../src/rocketmq/record-mapping.ts';
import type { StoredMessage } from '../../../src/rocketmq/stored-message.ts';
import type { AddCase } from '../../support/side-by-side.ts';
import type { LabMessage } from '../harness/source-harness.ts';
import { sourceOf } from './arrivals.ts';
import type { Copy } from './copy.ts';
import { expectComplete, keepsOrder } from './expect-complete.ts';
import type { Workbench } from './workbench.ts';

const MIB = 1024 * 1024;
const everyByte = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));

const bytes = fc.oneof(
  fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array)),
  fc.string({ unit: 'grapheme', maxLength: 60 }).map((text) => Buffer.from(text)),
  fc.constant(everyByte),
);
const maybeBytes = fc.option(bytes, { freq: 4 });
const headerName = fc.oneof(
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 10 }),
  fc.constantFrom('trace-id', 'KEYS', 'UNIQ_KEY', 'connect-key', '__proto__', 'Straße', '名前', '🚀', 'a b'),
);
const message: fc.Arbitrary<LabMessage> = fc.record({
  key: maybeBytes,
  value: maybeBytes,
  headers: fc.array(fc.record({ name: headerName, value: maybeBytes }), { maxLength: 4 }),
  timestamp: fc.integer({ min: 1_700_000_000_000, max: 1_702_000_000_000 }),
});

/** What arrives is what was there. */
export function fidelityCases(bench: () => Workbench, addCase: AddCase): void {
  addCase('keeps key, value, headers, time and order of any messages', async () => {
    const copy = await bench().copy();
    const arrived = new Reader(bench(), copy);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(message, { maxLength: 60 }), { minLength: 2, maxLength: 2 }), async (written) => {
        for (const [index, partition] of copy.source.partitions.entries()) await copy.source.fill(partition, written[index] ?? []);
        await copy.settle();
        expect(await arrived.next()).toEqual(wanted(copy, written));
      }),
      // Many messages in few runs: a run takes longer than they do.
      { numRuns: 8 },
    );
  });

  for (const { name, ...special } of [
    { name: 'a value of 1 MiB, every byte in it', value: Buffer.alloc(MIB, everyByte) },
    { name: 'an empty value', value: Buffer.alloc(0) },
    { name: 'no value', value: null },
    { name: 'a key of every byte', key: everyByte },
    { name: 'a key with spaces and other letters', key: Buffer.from('Größe 東京 🚀') },
    { name: 'no key', key: null },
    { name: 'header names outside ASCII', headers: [header('Straße', 'ß'), header('名前', '花子'), header('🚀', '🛰️')] },
    { name: 'a header of every byte', headers: [{ name: 'bytes', value: everyByte }] },
    { name: 'an empty header and one that is null', headers: [header('empty', ''), { name: 'none', value: null }] },
    { name: 'headers that are called as those that connectors give', headers: likeGiven.map((name) => header(name, 'mine')) },
    { name: 'fifty headers', headers: Array.from({ length: 50 }, (_, index) => header(`header-${index}`, `${index}`)) },
  ])
    addCase(`keeps ${name}`, async () => {
      const copy = await bench().copy({ partitions: 1 });
      const plain = { key: Buffer.from('key'), value: Buffer.from('value'), headers: [], timestamp: 1_700_000_000_000 };
      const written = [plain, { ...plain, ...special }, plain];
      await copy.source.fill(copy.source.partitions[0] as string, written);
      await copy.settle();
      expect(await new Reader(bench(), copy).next()).toEqual(wanted(copy, [written]));
    });

  // By itself: a reader of MySQL's log passes over what other cases write.
  it('copies 40 messages of 1 MiB in one run, with much less than that on the way', async () => {
    const copy = await bench().prepare({ batch: { maxInFlightBytes: 4 * MIB } });
    await copy.fill(20, MIB);
    await copy.apply();
    expect(await copy.run()).toMatchObject({ outcome: 'ran', summary: { outcome: 'caught-up', records: 40 } });
    await expectComplete(copy);
  });
}

const likeGiven = ['header-types', 'rabbitmq-exchange', 'jms-message-id', 'user:color'];
const header = (name: string, text: string): Header => ({ name, value: Buffer.from(text) });

/** The key of a record ends with its place in a log. */
const byPlace = new Intl.Collator('en', { numeric: true });

type Seen = Map<string, ConnectRecord[]>;

const wanted = ({ source }: Copy, written: ReadonlyArray<readonly LabMessage[]>): Seen =>
  new Map(
    source.partitions.flatMap((partition, index) => {
      const messages = written[index] ?? [];
      return messages.length === 0
        ? []
        : [[partition, messages.map((one) => comparable(escaped(source.expected(one, partition))))] as const];
    }),
  );

/** As a user's headers travel. */
const escaped = (record: ConnectRecord): ConnectRecord => ({
  ...record,
  headers: record.headers.map((one) => ({ ...one, name: userHeaderName(one.name) })),
});

/** Headers by name: RocketMQ's clients don't keep the order of different names. */
function comparable({ key, value, headers, timestamp }: ConnectRecord): ConnectRecord {
  const sorted = headers.map(({ name, value: content }) => ({ name, value: content }));
  sorted.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  return { key, value, headers: sorted, ...(timestamp !== undefined && { timestamp }) };
}

/** Reads what came to a topic since the last look. */
class Reader {
  readonly #bench: Workbench;
  readonly #copy: Copy;
  readonly #seen = new Map<number, number>();

  constructor(bench: Workbench, copy: Copy) {
    this.#bench = bench;
    this.#copy = copy;
  }

  async next(): Promise<Seen> {
    const { admin, harness } = this.#bench;
    const arrived: StoredMessage[] = [];
    for (const { queue, max } of (await admin.topicStats(this.#copy.name)) ?? []) {
      for await (const messages of admin.readQueue(this.#copy.name, queue, { from: this.#seen.get(queue) ?? 0, to: max }))
        arrived.push(...messages);
      this.#seen.set(queue, max);
    }
    if (!keepsOrder(harness)) arrived.sort((a, b) => byPlace.compare(sourceOf(a).key, sourceOf(b).key));
    const records: Seen = new Map();
    for (const stored of arrived) {
      const { partition } = harness.readMessage?.(stored.body) ?? sourceOf(stored);
      const record = messageToRecord(contentOf(stored.body, stored.properties));
      records.set(partition, [...(records.get(partition) ?? []), comparable(withoutOwn(record, harness.ownHeaders))]);
    }
    return new Map([...records].sort(([a], [b]) => this.#copy.source.partitions.indexOf(a) - this.#copy.source.partitions.indexOf(b)));
  }
}

const withoutOwn = (record: MappedRecord, own: RegExp | undefined): MappedRecord => ({
  ...record,
  headers: record.headers.filter(({ name }) => own === undefined || !own.test(name)),
});
