import { describe, expect, it } from '@jest/globals';
import { COMPRESSIONS } from '../../../src/connectors/kafka/protocol/produce/compressions.ts';
import { encodeBatch, placeBatch } from '../../../src/connectors/kafka/protocol/produce/encode-batch.ts';
import { encodeRecords, mostBytes, type OutgoingRecord } from '../../../src/connectors/kafka/protocol/produce/encode-records.ts';
import { decompress } from '../../../src/connectors/kafka/protocol/records/decompress.ts';
import { readRecordBatch } from '../../../src/connectors/kafka/protocol/records/record-batch.ts';
import { RecordCursor } from '../../../src/connectors/kafka/protocol/records/record-cursor.ts';
import { crc32c } from '../../../src/connectors/kafka/protocol/records/scan-batches.ts';

const record = (rest: Partial<OutgoingRecord>): OutgoingRecord => ({
  key: null,
  value: null,
  headers: [],
  timestamp: 1_700_000_000_000,
  ...rest,
});

const RECORDS = [
  record({ key: Buffer.from('a'), value: Buffer.from('one') }),
  record({ timestamp: 1_600_000_000_000, key: Buffer.alloc(0), value: Buffer.alloc(0) }),
  record({ timestamp: 9_007_199_254_740_993n, value: Buffer.from([0, 255, 128]) }),
  record({ timestamp: -1, key: Buffer.from([0, 1, 255]) }),
  record({ timestamp: 0, value: Buffer.alloc(70_000, 'x') }),
  record({
    headers: [
      { name: 'same', value: Buffer.from('1') },
      { name: 'same', value: null },
      { name: 'größe', value: Buffer.alloc(0) },
      { name: '', value: Buffer.from([255]) },
    ],
  }),
];

/** What the source reads of a batch. */
function read(bytes: Buffer): OutgoingRecord[] {
  const batch = readRecordBatch(bytes, 0);
  expect(batch.end).toBe(bytes.length);
  const records = batch.compression === 0 ? bytes : decompress(batch.compression, bytes.subarray(batch.recordsAt));
  const at = batch.compression === 0 ? batch.recordsAt : 0;
  const cursor = new RecordCursor(records, at, batch, 'p', 0);
  const found: OutgoingRecord[] = [];
  for (let next = cursor.next(0); next !== undefined; next = cursor.next(0)) {
    const { key, value, headers, timestamp = -1 } = next;
    found.push({ key, value, headers, timestamp });
  }
  return found;
}

describe('a batch', () => {
  it.each(COMPRESSIONS)('is what the source reads, with compression %s', async (compression) => {
    const batch = await encodeBatch(RECORDS, compression);
    placeBatch(batch, { producerId: 7n, epoch: 2, sequence: 41 });
    expect(read(batch)).toEqual(RECORDS);
    expect(readRecordBatch(batch, 0)).toMatchObject({ baseOffset: 0, lastOffset: RECORDS.length - 1, producerId: 7, transactional: false });
    expect(batch.readUInt32BE(17)).toBe(crc32c(batch.subarray(21)));
  });

  it('can be put in another place', async () => {
    const batch = await encodeBatch(RECORDS, 'none');
    placeBatch(batch, { producerId: 7n, epoch: 2, sequence: 41 });
    const first = Buffer.from(batch);
    placeBatch(batch, { producerId: 7n, epoch: 3, sequence: 0 });
    expect(batch.equals(first)).toBe(false);
    expect([batch.readInt16BE(51), batch.readInt32BE(53)]).toEqual([3, 0]);
    expect(batch.readUInt32BE(17)).toBe(crc32c(batch.subarray(21)));
  });

  it.each(COMPRESSIONS)('says that it is part of a transaction, with compression %s', async (compression) => {
    const batch = await encodeBatch(RECORDS, compression);
    placeBatch(batch, { producerId: 7n, epoch: 2, sequence: 41, transactional: true });
    expect(read(batch)).toEqual(RECORDS);
    expect(readRecordBatch(batch, 0)).toMatchObject({ producerId: 7, transactional: true });
    expect(batch.readUInt32BE(17)).toBe(crc32c(batch.subarray(21)));
  });

  it('is never larger than it was thought to be', () => {
    for (const each of RECORDS) expect(encodeRecords([each], 0).length).toBeLessThanOrEqual(mostBytes(each));
  });
});
