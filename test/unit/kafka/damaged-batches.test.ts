import { zstdCompressSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { SourceRecord } from '../../../src/api/index.ts';
import type { Gap } from '../../../src/connectors/kafka/protocol/records/scan-batches.ts';
import { PartitionReader } from '../../../src/connectors/kafka/read/partition-reader.ts';
import { encodeBatch, encodeMarker, encodeRecords, sealBatch, type TestBatch, type TestRecord } from './encode-batch.ts';

const ALL = Number.MAX_SAFE_INTEGER;
const SIZE = 10;

const records = (from: number, count = SIZE): TestRecord[] =>
  Array.from({ length: count }, (_, index) => ({ offset: from + index, value: Buffer.from(`value ${from + index}`) }));
const batch = (from: number, rest: Partial<TestBatch> = {}): Buffer =>
  encodeBatch({ firstOffset: from, lastOffset: from + SIZE - 1, records: records(from), ...rest });

interface Read {
  readonly good: number[];
  readonly values: string[];
  readonly refused: Array<Pick<SourceRecord, 'id' | 'position' | 'value'> & { readonly code: string; readonly message: string }>;
  readonly gaps: readonly Gap[];
  readonly reader: PartitionReader;
}

/** Reads a log as a run does: each fetch brings what a broker has from the batch on that holds the asked offset. */
function readLog(log: readonly Buffer[], end: number, { position = 0, by = fetch }: { position?: number; by?: Fetch } = {}): Read {
  const reader = new PartitionReader({ topic: 'orders', partition: 3 }, position, true);
  reader.knowEnd(end);
  const read: SourceRecord[] = [];
  const gaps: Gap[] = [];
  for (let fetches = 0; !reader.finished && fetches < 50; fetches += 1) {
    if (!reader.fetched) reader.add(by(log, reader.fetchOffset), []);
    gaps.push(...reader.gaps);
    reader.take(read, ALL, ALL);
  }
  const refused = read.flatMap(({ id, position: behind, value, refused: error }) =>
    error === undefined ? [] : [{ id, position: behind, value, code: error.code, message: error.message }],
  );
  const good = read.filter((record) => record.refused === undefined);
  return { good: good.map(({ id }) => Number(id)), values: good.map(({ value }) => String(value)), refused, gaps, reader };
}

type Fetch = (log: readonly Buffer[], offset: number) => Buffer;

const fetch: Fetch = (log, offset) => Buffer.concat(log.slice(log.findLastIndex((bytes) => Number(bytes.readBigInt64BE(0)) <= offset)));
/** A broker looks for the first batch that, by its own header, ends there or later. */
const fetchByHeaders: Fetch = (log, offset) =>
  Buffer.concat(log.slice(log.findIndex((bytes) => Number(bytes.readBigInt64BE(0)) + bytes.readInt32BE(23) >= offset)));

const flipped = (bytes: Buffer, at: number, mask = 1): Buffer => {
  const changed = Buffer.from(bytes);
  changed[at] = (changed[at] as number) ^ mask;
  return changed;
};

const goodAround = [...records(0), ...records(20)].map(({ offset }) => offset);

/** Whole batches that can't be read, at offsets 10 to 19. */
const UNREADABLE: ReadonlyArray<readonly [string, Buffer, RegExp]> = [
  ['a byte that changed after it was written', flipped(batch(10), 80), /its checksum is [0-9a-f]{8}, and that of its bytes is/],
  [
    'a length that is longer than the batch',
    batch(10, { body: Buffer.concat([Buffer.from([0x7e]), encodeRecords({ firstOffset: 10, records: records(10) }).subarray(1)]) }),
    /longer than its batch|does not end where/,
  ],
  ['an unknown compression', sealBatch(10, flipped(batch(10), 22, 7).subarray(21)), /unknown method, number 7/],
  ['compressed bytes that are none', sealBatch(10, flipped(batch(10), 22, 4).subarray(21)), /offsets 10 to 19/],
  [
    'records that are cut',
    batch(10, { body: encodeRecords({ firstOffset: 10, records: records(10) }).subarray(0, 40) }),
    /longer than its batch/,
  ],
  [
    'compressed records that are cut',
    batch(10, { compression: 'zstd', body: zstdCompressSync(encodeRecords({ firstOffset: 10, records: records(10) })).subarray(0, -5) }),
    /end of file/,
  ],
  [
    'fewer records than it says',
    batch(10, { compression: 'zstd', body: zstdCompressSync(encodeRecords({ firstOffset: 10, records: records(10, 7) })) }),
    /longer than its batch|does not end/,
  ],
  [
    'more records than it says',
    batch(10, { body: encodeRecords({ firstOffset: 10, records: records(10, 12) }) }),
    /more bytes than its records/,
  ],
  ['offsets that go back', batch(10, { records: records(10).toReversed() }), /not in order/],
  ['offsets beyond its last one', batch(10, { records: records(11) }), /not in order/],
];

describe('a batch that cannot be read', () => {
  it.each(UNREADABLE)('stands for itself, and all before and behind it is read: %s', (_what, bad, reason) => {
    const { good, refused, reader } = readLog([batch(0), bad, batch(20)], 30);
    expect(good).toEqual(goodAround);
    expect(refused).toEqual([{ id: '10', position: '20', value: bad, code: 'RECORD_REFUSED', message: expect.stringMatching(reason) }]);
    expect(refused[0]?.message).toMatch(/^partition orders-3, batch at offset 10: /);
    expect([reader.position, reader.failure]).toEqual([30, undefined]);
  });

  it('is passed by a position behind it, which a user chose', () => {
    for (const [, bad] of UNREADABLE)
      expect(readLog([batch(0), bad, batch(20)], 30, { position: 20 })).toMatchObject({ good: goodAround.slice(10), refused: [] });
  });

  it('is named by the first offset that was not copied before it was damaged', () => {
    expect(readLog([flipped(batch(10), 80), batch(20)], 30, { position: 14 }).refused).toMatchObject([{ id: '14', position: '20' }]);
  });

  it('that did not fit keeps its partition from being finished, as long as it is not handed out', () => {
    const reader = new PartitionReader({ topic: 'orders', partition: 3 }, 0, true);
    reader.knowEnd(20);
    reader.add(Buffer.concat([batch(0), flipped(batch(10), 80)]), []);
    const into: SourceRecord[] = [];
    reader.take(into, SIZE, ALL);
    reader.take(into, ALL, 1);
    expect([into.length, reader.finished, reader.holdsMore, reader.position]).toEqual([SIZE, false, true, 10]);
    reader.take(into, ALL, ALL);
    expect([into.length, reader.finished, reader.holdsMore, reader.position]).toEqual([SIZE + 1, true, false, 20]);
  });

  it('is found wherever a byte of it changed, and no record beside it is lost, changed or repeated', () => {
    const log = [batch(0), batch(10, { compression: 'lz4' }), batch(20)];
    // What comes before the checksum is not part of it: length and base offset. A log with these damaged can't be followed.
    const place = fc.tuple(fc.integer({ min: 17, max: (log[1] as Buffer).length - 1 }), fc.integer({ min: 1, max: 255 }));
    const found = fc.property(place, fc.constantFrom(0, 1, 2), ([at, mask], which) => {
      const bytes = log[which] as Buffer;
      const damaged = log.with(which, flipped(bytes, 17 + ((at - 17) % (bytes.length - 17)), mask));
      const { good, refused, reader } = readLog(damaged, 30);
      expect(good).toEqual([0, 10, 20].filter((_, index) => index !== which).flatMap((from) => records(from).map(({ offset }) => offset)));
      const [{ code, position } = { code: '', position: '' }] = refused;
      expect(refused).toMatchObject([{ id: String(which * SIZE) }]);
      if (code === 'RECORD_REFUSED') expect([position, reader.position]).toEqual([String((which + 1) * SIZE), 30]);
      else {
        // Where the last one ends only its own header tells, which may be what changed: a person decides.
        expect([which, code]).toEqual([2, 'WRONG_KIND']);
        expect(Number(position)).toBeGreaterThan(20);
        expect(Number(position)).toBeLessThanOrEqual(30);
      }
    });
    fc.assert(found, { numRuns: 500 });
  });

  it.each([
    ['too low an end', 26, 1],
    ['too high an end', 26, 0x40],
    ['too few records', 60, 1],
    ['too many records', 60, 0x40],
  ])('reaches to the next batch where its header says %s, and leaves no gap before that', (_what, at, mask) => {
    const { good, refused, gaps } = readLog([batch(0), flipped(batch(10), at, mask), batch(20)], 30);
    expect(good).toEqual(goodAround);
    expect(refused).toMatchObject([{ id: '10', position: '20', code: 'RECORD_REFUSED' }]);
    expect(gaps).toEqual([]);
  });

  it('whose end is in doubt is not passed without a person', () => {
    // The last one of its log segment, whose header says that it reaches further than there are records in it.
    const lying = flipped(batch(10), 25, 1);
    expect(lying.readInt32BE(23)).toBe(265);
    const reader = new PartitionReader({ topic: 'orders', partition: 3 }, 10, true);
    reader.knowEnd(1_000);
    reader.add(lying, []);
    const into: SourceRecord[] = [];
    reader.take(into, ALL, ALL);
    expect(into).toMatchObject([
      { id: '10', refused: { code: 'WRONG_KIND', message: expect.stringContaining('where it ends is not sure') } },
    ]);
  });

  it('stops its partition where the bytes behind it are no batches at all', () => {
    for (const garbage of [Buffer.alloc(200), Buffer.alloc(200, 0x20), flipped(batch(20), 16, 0x40), flipped(batch(20), 8, 0x80)]) {
      const { good, refused, reader } = readLog([batch(0), Buffer.concat([batch(10), garbage])], 30);
      expect([good.length, refused.length]).toEqual([20, 0]);
      expect(reader.failure).toMatchObject({
        code: 'WRONG_KIND',
        message: expect.stringMatching(/^partition orders-3, batch at offset 20: there is no record batch/),
      });
    }
  });

  it('stops its partition, and no other of the same answer, where its length is none and it comes first', () => {
    const { good, refused, reader } = readLog([flipped(batch(0), 8, 0x80), batch(10)], 20);
    expect([good, refused]).toEqual([[], []]);
    expect(reader.failure).toMatchObject({ code: 'WRONG_KIND', message: expect.stringContaining('there is no record batch') });
  });

  it('ends no transaction: with a damaged marker nothing that comes behind it is left out', () => {
    const transactional = { transactional: true, producerId: 7 };
    const log = [batch(0, transactional), flipped(encodeMarker(10, 7, 'abort'), 70), batch(11, transactional)];
    const reader = new PartitionReader({ topic: 'orders', partition: 3 }, 0, true);
    reader.knowEnd(21);
    const read: SourceRecord[] = [];
    reader.add(Buffer.concat(log), [{ producerId: 7, firstOffset: 0 }]);
    reader.take(read, ALL, ALL);
    // A broker names the aborted transactions that reach into what is fetched.
    reader.add(fetch(log, reader.fetchOffset), []);
    reader.take(read, ALL, ALL);
    expect(read.map(({ id }) => id)).toEqual(['10', ...records(11).map(({ offset }) => String(offset))]);
  });
});

describe('messages of the formats before Kafka 0.11', () => {
  const old = (offset: number, magic: 0 | 1, attributes = 0): Buffer => {
    const content = Buffer.from('ffffffff' + '00000003' + '616263', 'hex');
    const time = magic === 1 ? Buffer.alloc(8) : Buffer.alloc(0);
    const rest = Buffer.concat([Buffer.alloc(4), Buffer.from([magic, attributes]), time, content]);
    const head = Buffer.alloc(12);
    head.writeBigInt64BE(BigInt(offset), 0);
    head.writeInt32BE(rest.length, 8);
    return Buffer.concat([head, rest]);
  };

  it.each([0, 1] as const)('are refused one by one, and name the setting: v%i', (magic) => {
    const reader = new PartitionReader({ topic: 'orders', partition: 3 }, 5, true);
    reader.knowEnd(17);
    const log = [old(5, magic), old(6, magic), batch(7)];
    const read: SourceRecord[] = [];
    for (const from of [0, 1, 2]) {
      reader.add(Buffer.concat(log.slice(from)), []);
      reader.take(read, ALL, ALL);
    }
    expect(read.slice(0, 2).map(({ id, position, value }) => [id, position, value])).toEqual([
      ['5', '6', log[0]],
      ['6', '7', log[1]],
    ]);
    expect(read[0]?.refused).toMatchObject({
      code: 'RECORD_REFUSED',
      message: expect.stringContaining(`message format v${magic}`),
      remedy: expect.stringContaining('message.format.version'),
    });
    expect(read.slice(2).map(({ id }) => id)).toEqual(records(7).map(({ offset }) => String(offset)));
  });

  it('that are compressed stand for all up to their offset', () => {
    const reader = new PartitionReader({ topic: 'orders', partition: 3 }, 5, true);
    reader.knowEnd(10);
    reader.add(old(9, 1, 1), []);
    const read: SourceRecord[] = [];
    reader.take(read, ALL, ALL);
    expect(read).toMatchObject([{ id: '5', position: '10' }]);
  });
});

describe('a record', () => {
  it('keeps a timestamp beyond 2^53 exact, its own and the brokers own', () => {
    const stamps = fc.array(fc.bigInt({ min: -(2n ** 62n), max: 2n ** 62n }), { minLength: 1, maxLength: 5 });
    const exact = fc.property(stamps, fc.option(fc.bigInt({ min: 2n, max: 2n ** 63n - 1n }), { nil: undefined }), (times, appendTime) => {
      const written = times.map((timestamp, offset): TestRecord => ({ offset, timestamp }));
      const bytes = encodeBatch({ firstOffset: 0, lastOffset: times.length - 1, records: written, ...(appendTime && { appendTime }) });
      const reader = new PartitionReader({ topic: 'orders', partition: 3 }, 0, true);
      reader.add(bytes, []);
      const read: SourceRecord[] = [];
      reader.take(read, ALL, ALL);
      const given = times.map((time) => appendTime ?? time);
      expect(read.map(({ timestamp }) => timestamp ?? -1).map(BigInt)).toEqual(given);
      expect(read.every(({ timestamp = 0 }) => typeof timestamp === 'bigint' || Number.isSafeInteger(timestamp))).toBe(true);
    });
    fc.assert(exact);
  });

  it('whose header has a name that is no text is refused alone', () => {
    const named = (offset: number, name: string): TestRecord => ({ offset, headers: [[name, Buffer.from('v')]] });
    const bytes = batch(0, { lastOffset: 2, records: [named(0, 'same'), named(1, 'sane'), named(2, 'same')] });
    const at = bytes.indexOf('sane');
    const broken = Buffer.from(bytes);
    broken.writeUInt8(0xff, at);
    const { good, refused } = readLog([sealBatch(0, broken.subarray(21))], 3);
    expect(good).toEqual([0, 2]);
    expect(refused).toMatchObject([{ id: '1', position: '2', code: 'RECORD_REFUSED' }]);
  });
});

describe('offsets that no batch has', () => {
  const gapsOf = (log: readonly Buffer[], from: number) => {
    const reader = new PartitionReader({ topic: 'orders', partition: 3 }, from, true);
    reader.add(Buffer.concat(log), []);
    return reader.gaps;
  };

  it('are known, before and between what was fetched', () => {
    expect(gapsOf([batch(10), batch(20), batch(40)], 5)).toEqual([
      { from: 5, to: 10 },
      { from: 30, to: 40 },
    ]);
  });

  it('are none where a broker begins with a batch that was read before, or that holds the offset', () => {
    expect(gapsOf([batch(0), batch(10)], 15)).toEqual([]);
  });
});

describe('a batch whose header says another offset than it has, which no checksum finds', () => {
  /** The batch of offsets 10 to 19, as if it began elsewhere. */
  const leaping = (to: number): Buffer => {
    const bytes = Buffer.from(batch(10));
    bytes.writeBigInt64BE(BigInt(to), 0);
    return bytes;
  };

  it.each([11, 15, 25, 39, 64, 2 ** 40, 7, 9, -1, -(2 ** 50)])('is refused where the one behind it shows that, at offset %s', (to) => {
    const bad = leaping(to);
    const { good, refused, reader } = readLog([batch(0), bad, batch(20), batch(30)], 40, { by: fetchByHeaders });
    expect(good).toEqual([...goodAround, ...records(30).map(({ offset }) => offset)]);
    expect(refused).toEqual([{ id: '10', position: '20', value: bad, code: 'RECORD_REFUSED', message: expect.stringContaining(`${to}`) }]);
    expect([reader.position, reader.gaps]).toEqual([40, []]);
  });

  it.each([
    [[leaping(20), batch(20), batch(30)], 20],
    [[batch(0), leaping(0), batch(20)], 0],
  ])('stops the partition where two say the same, and nobody knows which is right', (log, position) => {
    const { good, reader } = readLog(log, 40, { position, by: fetchByHeaders });
    expect(good).toEqual([]);
    expect(reader.failure).toMatchObject({ code: 'WRONG_KIND', message: expect.stringContaining(`offset ${position}`) });
  });

  it('is refused, or leaves a gap, or stops its partition, whatever it says: never is a record lost unseen, or another one', () => {
    const log = [batch(0), batch(10), batch(20), batch(30)];
    const byte = fc.oneof(fc.integer({ min: 0, max: 7 }), fc.integer({ min: 21, max: 26 }));
    const known = fc.property(fc.nat(3), byte, fc.integer({ min: 1, max: 255 }), (which, at, mask) => {
      const damaged = log.with(which, flipped(log[which] as Buffer, at, mask));
      const { good, values, refused, gaps, reader } = readLog(damaged, 40, { by: fetchByHeaders });
      expect(values).toEqual(good.map((offset) => `value ${offset}`));
      expect(good).toEqual([...new Set(good)].toSorted((a, b) => a - b));
      if (reader.failure !== undefined) return;
      const told = [...refused.map(({ id, position }) => ({ from: Number(id), to: Number(position) })), ...gaps];
      const missing = Array.from({ length: reader.position }, (_, offset) => offset).filter((offset) => !good.includes(offset));
      expect(missing.filter((offset) => !told.some(({ from, to }) => from <= offset && offset < to))).toEqual([]);
    });
    fc.assert(known, { numRuns: 2_000 });
  });

  it.each([64, 2, 2 ** 40, -1])(
    'stops the partition before it where nothing shows where it ends, and a person may go on: at offset %s',
    (to) => {
      const { good, refused, reader } = readLog([batch(0), leaping(to)], 20, { by: fetchByHeaders });
      expect(good).toEqual(records(0).map(({ offset }) => offset));
      expect(refused).toMatchObject([{ id: '10', position: '20', code: 'WRONG_KIND' }]);
      expect(reader.position).toBe(20);
    },
  );

  it('ends the partition where it has no place at all, and takes nothing from what is before it', () => {
    const { good, refused, reader } = readLog([batch(0), leaping(64), batch(10)], 20);
    expect([good, refused]).toEqual([records(0).map(({ offset }) => offset), []]);
    expect(reader.failure).toMatchObject({ code: 'WRONG_KIND' });
  });

  it('is not taken where the answer ends with it, so that the next one shows what is behind it', () => {
    const reader = new PartitionReader({ topic: 'orders', partition: 3 }, 0, true);
    reader.knowEnd(200);
    reader.add(Buffer.concat([batch(0), leaping(64)]), []);
    expect([reader.fetchOffset, reader.gaps]).toEqual([10, []]);
    // The only one of an answer is taken, or a topic with large batches and true gaps would stand still.
    reader.add(leaping(64), []);
    expect([reader.fetchOffset, reader.gaps]).toEqual([74, [{ from: 10, to: 64 }]]);
  });

  it('is passed where a broker begins with it again', () => {
    const reader = new PartitionReader({ topic: 'orders', partition: 3 }, 20, true);
    reader.knowEnd(40);
    reader.add(Buffer.concat([leaping(64), batch(20), batch(30)]), []);
    const read: SourceRecord[] = [];
    reader.take(read, ALL, ALL);
    expect(read.map(({ id }) => Number(id))).toEqual([...records(20), ...records(30)].map(({ offset }) => offset));
    expect([reader.position, reader.gaps]).toEqual([40, []]);
  });
});
