import fc from 'fast-check';
import type { SourceRecord } from '../../../src/api/index.ts';
import { deterministicKey } from '../../../src/rocketmq/deterministic-key.ts';
import type { MappedRecord, ReceivedContent } from '../../../src/rocketmq/record-mapping.ts';
import type { OutgoingMessage } from '../../../src/rocketmq/types.ts';

export function sourceRecord(given: Partial<SourceRecord>): SourceRecord {
  return { partition: 'orders-3', id: '42', position: '43', key: null, value: Buffer.from('v'), headers: [], timestamp: 0, ...given };
}

/** What RocketMQ's clients make of a message: keys are one property, parted by spaces; properties without a value are none. */
export function carried({ body, keys, properties }: OutgoingMessage): ReceivedContent {
  return {
    body,
    keys: keys.join(' ').split(' '),
    properties: new Map([...properties].filter(([name, value]) => name !== '' && value !== '')),
  };
}

export function mapped(connector: string, { partition, id, key, value, headers, timestamp }: SourceRecord): MappedRecord {
  const sourceKey = deterministicKey(connector, partition, id);
  return { sourceKey, key, value, headers, ...(timestamp !== undefined && { timestamp }) };
}

/** Returns the record with headers in order of their names: RocketMQ keeps the order of one name's values only. */
export function byName(record: MappedRecord): MappedRecord {
  return { ...record, headers: record.headers.toSorted((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0)) };
}

const text = fc.string({ unit: fc.constantFrom('a', 'B', '7', '-', '/', ' ', '%', 'ü', '€', '😀', '\n', '\u0001', '\u0002', '\u0085') });
const bytes = fc.oneof(
  fc.uint8Array({ maxLength: 60 }).map((array) => Buffer.from(array)),
  text.map((value) => Buffer.from(value)),
);
const name = fc.oneof(
  text,
  fc.constantFrom('trace', 'KEYS', 'TAGS', '__MINE', 'connect-key', 'connect-headers', 'color', 'again', 'again'),
);

/** Makes records with every kind of key, value, header and name. */
export const records: fc.Arbitrary<SourceRecord> = fc.record({
  partition: fc.oneof(
    fc.constant('orders-3'),
    text.filter((value) => value !== ''),
  ),
  id: fc.oneof(
    fc.nat().map(String),
    text.filter((value) => value !== ''),
  ),
  position: fc.constant(''),
  key: fc.option(bytes),
  value: fc.option(bytes),
  headers: fc.array(fc.record({ name, value: fc.option(bytes) }), { maxLength: 6 }),
  timestamp: fc.oneof(
    fc.nat(2 ** 45),
    fc
      .double({ noNaN: true, noDefaultInfinity: true })
      .filter((value) => !Object.is(value, -0) && (!Number.isInteger(value) || Number.isSafeInteger(value))),
    fc.bigInt({ min: 2n ** 53n, max: 2n ** 63n - 1n }),
  ),
});
