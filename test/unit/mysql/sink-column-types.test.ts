import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { columnTypeFor, keyTypeFor, type Sample } from '../../../src/connectors/mysql/sink/column-types.ts';
import { parseAsWritten } from '../../../src/connectors/mysql/sink/exact-json.ts';

const TEXT = 'LONGTEXT CHARACTER SET utf8mb4';
const values = (json: string): Sample[] => (parseAsWritten(json) as unknown[]).map((value) => ({ value, type: undefined }));
const typed = (type: string, name?: string, parameters = {}): Sample => ({ value: null, type: { type, name, parameters } });

describe('the type of a new column', () => {
  it.each([
    ['[1]', 'BIGINT'],
    ['[9223372036854775807, -9223372036854775808]', 'BIGINT'],
    ['[1, 9223372036854775808]', 'DECIMAL(65,0)'],
    ['[5.0]', 'DOUBLE'],
    ['[1, 2.5, true]', 'DOUBLE'],
    ['[0.1, 1e300, 9007199254740991]', 'DOUBLE'],
    ['[true, false]', 'TINYINT(1)'],
    ['[true, 2]', 'BIGINT'],
    ['[null, "x", 1, {}]', TEXT],
    ['[[1]]', TEXT],
    ['[null, null]', null],
    // What no column would keep.
    ['[9007199254740993, 0.5]', undefined],
    ['[0.123456789012345678]', undefined],
    ['[1e999]', undefined],
    ['[1e-999]', undefined],
    [`[${'9'.repeat(66)}]`, undefined],
  ])('is of the values %s: %s', (json, expected) => {
    expect(columnTypeFor(values(json), true)).toBe(expected);
  });

  it('keeps every number as it is written', () => {
    const number = fc
      .oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }))
      .map(String);
    fc.assert(
      fc.property(fc.array(number, { minLength: 1, maxLength: 3 }), (numbers) => {
        const type = columnTypeFor(values(`[${numbers}]`), true);
        if (type === 'BIGINT') for (const each of numbers) expect(BigInt.asIntN(64, BigInt(each))).toBe(BigInt(each));
        if (type === 'DECIMAL(65,0)') for (const each of numbers) expect(each).toMatch(/^-?\d{1,65}$/);
        if (type === 'DOUBLE') {
          for (const each of numbers) if (/^-?\d+$/.test(each)) expect(BigInt(Number(each))).toBe(BigInt(each));
        }
      }),
    );
  });

  it.each([
    [[typed('int32'), typed('int64')], 'BIGINT'],
    [[typed('boolean'), typed('int16')], 'SMALLINT'],
    [[typed('double'), typed('float')], 'DOUBLE'],
    [[typed('INT64')], 'BIGINT'],
    [[typed('int32'), typed('string')], undefined],
    [[typed('int32', 'io.debezium.time.Date'), typed('int32')], undefined],
    [[typed('struct', 'com.shop.Date')], TEXT],
    [[typed('string', 'io.debezium.time.Date')], TEXT],
    [[typed('bytes', 'x.Decimal', { scale: '2', 'connect.decimal.precision': '1' })], 'DECIMAL(65,2)'],
    [[typed('bytes', 'x.Decimal', { scale: '31' })], undefined],
    [[typed('bytes', 'x.Decimal', { scale: 'x' })], undefined],
    [[typed('bytes', 'x.Bits', { length: '65' })], 'LONGBLOB'],
    [[typed('union')], undefined],
  ])('is of the schemas %j: %s', (samples, expected) => {
    expect(columnTypeFor(samples, true)).toBe(expected);
  });

  it('of JSON is one that the server has', () => {
    expect([true, false].map((hasJson) => columnTypeFor([typed('string', 'io.debezium.data.Json')], hasJson))).toEqual(['JSON', TEXT]);
  });

  const server = { hasJson: true, exactCollation: 'utf8mb4_nopad_bin' };
  it.each([
    ['["a"]', 'VARCHAR(191) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin'],
    ['[1]', 'BIGINT'],
    ['["a", 1]', undefined],
    ['[1.5]', undefined],
    ['[null]', undefined],
    ['[{}]', undefined],
  ])('of a key is of the values %s: %s', (json, expected) => {
    expect(keyTypeFor(values(json), server)).toBe(expected);
  });

  it.each([
    [typed('double'), 'DOUBLE'],
    [typed('bytes'), 'VARBINARY(767)'],
    [typed('int64', 'io.debezium.time.NanoTimestamp'), undefined],
    [typed('string', 'io.debezium.data.Json'), undefined],
    [typed('struct', 'io.debezium.data.geometry.Point'), undefined],
  ])('of a key is of the schema %j: %s', (sample, expected) => {
    expect(keyTypeFor([{ ...sample, value: 'x' }], server)).toBe(expected);
  });
});
