import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import rhea, { type Typed } from 'rhea';
import { AmqpReader } from '../../../src/connectors/activemq/protocol/amqp-reader.ts';
import { type AmqpValue, bytesOf, jsonOf } from '../../../src/connectors/activemq/protocol/amqp-value.ts';

const { types } = rhea as unknown as {
  types: Record<string, (value?: unknown, code?: number) => Typed> & {
    Writer: new () => { write(value: Typed): void; toBuffer(): Buffer };
  };
};

function encode(value: Typed): Buffer {
  const writer = new types.Writer();
  writer.write(value);
  return writer.toBuffer();
}
const make = (name: string, ...values: unknown[]): Typed => (types[name] as (...given: unknown[]) => Typed)(...values);
const bigBytes = (value: bigint): Buffer => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64BE(BigInt.asIntN(64, value));
  return bytes;
};
const buffer = fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes));

interface Case {
  readonly written: Typed;
  readonly read: AmqpValue;
}
const scalar: fc.Arbitrary<Case> = fc.oneof(
  fc.constant({ written: make('Null'), read: { type: 'null', value: null } as AmqpValue }),
  fc.boolean().map((value) => ({ written: make('wrap_boolean', value), read: { type: 'boolean', value } as AmqpValue })),
  fc.integer({ min: -128, max: 127 }).map((value) => ({ written: make('Byte', value), read: { type: 'byte', value } as AmqpValue })),
  fc
    .integer({ min: -32_768, max: 32_767 })
    .map((value) => ({ written: make('Short', value), read: { type: 'short', value } as AmqpValue })),
  fc.integer().map((value) => ({ written: make('wrap_int', value), read: { type: 'int', value } as AmqpValue })),
  fc.nat().map((value) => ({ written: make('wrap_uint', value), read: { type: 'uint', value } as AmqpValue })),
  fc
    .bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })
    .map((value) => ({ written: make('Long', bigBytes(value)), read: { type: 'long', value } as AmqpValue })),
  fc
    .bigInt({ min: 0n, max: 2n ** 64n - 1n })
    .map((value) => ({ written: make('Ulong', bigBytes(value)), read: { type: 'ulong', value } as AmqpValue })),
  fc.float().map((value) => ({ written: make('Float', value), read: { type: 'float', value } as AmqpValue })),
  fc.double().map((value) => ({ written: make('Double', value), read: { type: 'double', value } as AmqpValue })),
  fc
    .string({ unit: 'grapheme', maxLength: 300 })
    .map((value) => ({ written: make('wrap_string', value), read: { type: 'string', value } as AmqpValue })),
  buffer.map((value) => ({ written: make('wrap_binary', value), read: { type: 'binary', value } as AmqpValue })),
);
const value: fc.Arbitrary<Case> = fc.letrec<{ value: Case }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    scalar,
    fc.array(tie('value'), { maxLength: 4 }).map((items) => ({
      written: make(
        'List32',
        items.map(({ written }) => written),
      ),
      read: { type: 'list', value: items.map(({ read }) => read) } as AmqpValue,
    })),
    fc.array(fc.tuple(scalar, tie('value')), { maxLength: 4 }).map((entries) => ({
      written: make(
        'Map32',
        entries.flatMap(([key, item]) => [key.written, item.written]),
      ),
      read: { type: 'map', value: entries.map(([key, item]) => [key.read, item.read]) } as AmqpValue,
    })),
  ),
})).value;

describe('a value of AMQP 1.0', () => {
  it('is read with its type and all its digits', () => {
    fc.assert(fc.property(value, ({ written, read }) => expect(new AmqpReader(encode(written)).read()).toEqual(read)));
  });

  it('has a JSON form of its own: two that differ in type or value differ there', () => {
    const json = ({ read }: Case) => JSON.stringify(jsonOf(read));
    const exact = (key: string, item: unknown) => {
      if (typeof item === 'bigint') return `${item}n`;
      return typeof item === 'number' && (!Number.isFinite(item) || Object.is(item, -0))
        ? `${key} ${Object.is(item, -0) ? '-0' : item}`
        : item;
    };
    fc.assert(
      fc.property(value, value, (one, other) => {
        expect(json(one) === json(other)).toBe(JSON.stringify(one.read, exact) === JSON.stringify(other.read, exact));
      }),
    );
  });

  it('is refused where its bytes end early', () => {
    fc.assert(
      fc.property(value, fc.nat(), ({ written }, cut) => {
        const bytes = encode(written);
        expect(() => new AmqpReader(bytes.subarray(0, cut % bytes.length)).read()).toThrow(/outside buffer bounds|out of range|ends early/);
      }),
    );
  });

  it.each([
    ['{"long":"9007199254740993"}', { type: 'long', value: 9_007_199_254_740_993n }],
    ['{"double":"-0"}', { type: 'double', value: -0 }],
    [
      '{"map":{"a":{"int":1},"b":null}}',
      {
        type: 'map',
        value: [
          [
            { type: 'string', value: 'a' },
            { type: 'int', value: 1 },
          ],
          [
            { type: 'string', value: 'b' },
            { type: 'null', value: null },
          ],
        ],
      },
    ],
    [
      '{"map":[[{"int":1},"x"]]}',
      {
        type: 'map',
        value: [
          [
            { type: 'int', value: 1 },
            { type: 'string', value: 'x' },
          ],
        ],
      },
    ],
  ] as ReadonlyArray<[string, AmqpValue]>)('reads as %s', (json, read) => {
    expect(JSON.stringify(jsonOf(read))).toBe(json);
  });

  it.each([
    ['a list that is longer than it says', 'c0040254015402'],
    ['a list that is shorter than it says', 'c0060254015402'],
    ['a map with a key and no value', 'c10403a10161a10162'],
    ['a text that is no UTF-8', 'a102c328'],
    ['an array of a thousand million nothings', 'f0000000053b9aca0040'],
    ['a list of a thousand million', 'd0000000043b9aca00'],
    ['a type that AMQP does not have', '99'],
  ])('is refused where it is %s', (_what, hex) => {
    expect(() => new AmqpReader(Buffer.from(hex, 'hex')).read()).toThrow(RangeError);
  });

  it.each([
    ['a time before 1970', '83fffffffffffffc18', 'timestamp', '-1000'],
    ['a decimal of 4 bytes', '74b20007cf', 'decimal32', '-199.9'],
    ['a decimal with zeros at its end', '7431800064', 'decimal32', '1.00'],
    ['a large decimal of 4 bytes', '7477f8967f', 'decimal32', '9.999999E+96'],
    ['a decimal of 8 bytes', '84b1800000000007cf', 'decimal64', '-19.99'],
    ['a decimal of 16 bytes', '94303c00000000000000000000000007cf', 'decimal128', '19.99'],
    ['an infinite decimal', '74f8000000', 'decimal32', '-Infinity'],
    ['no number', '747c000000', 'decimal32', 'NaN'],
    ["half a character, as Java's may be", '730000d83d', 'char', '\\ud83d'],
    ['nested arrays', 'e00402540102', 'array', '{"array":[{"int":1},{"int":2}]}'],
  ])('keeps %s', (_what, hex, type, text) => {
    const value = new AmqpReader(Buffer.from(hex, 'hex')).read();
    expect([value.type, String(bytesOf(value))]).toEqual([type, text]);
  });
});
