import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { AmqpReader } from '../../../src/connectors/activemq/protocol/amqp-reader.ts';
import { type AmqpValue, bytesOf, jsonOf } from '../../../src/connectors/activemq/protocol/amqp-value.ts';
import { typedValue, valueFromJson } from '../../../src/connectors/activemq/protocol/send/typed-value.ts';
import { writeValue } from '../../../src/connectors/activemq/protocol/send/write-value.ts';

const bytes = (length: { readonly min?: number; readonly max: number }) =>
  fc.uint8Array({ minLength: length.min ?? 0, maxLength: length.max }).map((array) => Buffer.from(array));
const small = (type: 'ubyte' | 'ushort' | 'uint' | 'byte' | 'short' | 'int', min: number, max: number) =>
  fc.integer({ min, max }).map((value): AmqpValue => ({ type, value }));
const large = (type: 'ulong' | 'long' | 'timestamp', min: bigint, max: bigint) =>
  fc.bigInt({ min, max }).map((value): AmqpValue => ({ type, value }));
const fixed = (type: 'uuid' | 'decimal32' | 'decimal64' | 'decimal128', length: number) =>
  bytes({ min: length, max: length }).map((value): AmqpValue => ({ type, value }));

const scalars: ReadonlyArray<fc.Arbitrary<AmqpValue>> = [
  fc.boolean().map((value): AmqpValue => ({ type: 'boolean', value })),
  small('ubyte', 0, 255),
  small('ushort', 0, 65_535),
  small('uint', 0, 4_294_967_295),
  small('byte', -128, 127),
  small('short', -32_768, 32_767),
  small('int', -2_147_483_648, 2_147_483_647),
  large('ulong', 0n, 2n ** 64n - 1n),
  large('long', -(2n ** 63n), 2n ** 63n - 1n),
  large('timestamp', -(2n ** 63n), 2n ** 63n - 1n),
  fc.float().map((value): AmqpValue => ({ type: 'float', value })),
  fc.double().map((value): AmqpValue => ({ type: 'double', value })),
  fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }).map((value): AmqpValue => ({ type: 'char', value })),
  fc.constant<AmqpValue>({ type: 'char', value: '\ud83d' }),
  fc.string({ unit: 'binary', maxLength: 300 }).map((value): AmqpValue => ({ type: 'string', value })),
  fc.string({ unit: 'binary-ascii', maxLength: 300 }).map((value): AmqpValue => ({ type: 'symbol', value })),
  bytes({ max: 300 }).map((value): AmqpValue => ({ type: 'binary', value })),
  fixed('uuid', 16),
];
const { value } = fc.letrec<{ value: AmqpValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.oneof(...scalars, fc.constant<AmqpValue>({ type: 'null', value: null })),
    fc.array(tie('value'), { maxLength: 4 }).map((items): AmqpValue => ({ type: 'list', value: items })),
    fc.array(fc.tuple(tie('value'), tie('value')), { maxLength: 4 }).map((pairs): AmqpValue => ({ type: 'map', value: pairs })),
    fc
      .oneof(...scalars.map((one) => fc.array(one, { minLength: 1, maxLength: 4 })))
      .map((items): AmqpValue => ({ type: 'array', value: items })),
    fc.tuple(tie('value'), tie('value')).map((pair): AmqpValue => ({ type: 'described', value: pair })),
  ),
}));
const decimals = fc.oneof(fixed('decimal32', 4), fixed('decimal64', 8), fixed('decimal128', 16));

const read = (encoded: Buffer): AmqpValue => {
  const reader = new AmqpReader(encoded);
  const found = reader.read();
  expect(reader.done).toBe(true);
  return found;
};

describe('a value', () => {
  it('is read as it was written', () => {
    fc.assert(
      fc.property(fc.oneof(value, decimals), (written) => {
        expect(read(writeValue(written))).toEqual(written);
      }),
    );
  });

  it('comes back from its usual text and type, and from JSON that tells types', () => {
    fc.assert(
      fc.property(value, (written) => {
        const type = written.type === 'null' || written.type === 'string' ? undefined : written.type;
        expect(typedValue(bytesOf(written), type)).toEqual(written);
        expect(valueFromJson(Buffer.from(JSON.stringify(jsonOf(written))))).toEqual(written);
      }),
    );
  });

  it('that is a decimal keeps its digits, zeros and exponent', () => {
    fc.assert(
      fc.property(decimals, (written) => {
        const text = String(bytesOf(written));
        expect(String(bytesOf(typedValue(Buffer.from(text), written.type)))).toBe(text);
      }),
    );
  });

  it('without a type is text, or bytes where it is not UTF-8', () => {
    expect(typedValue(Buffer.from('é'))).toEqual({ type: 'string', value: 'é' });
    expect(typedValue(Buffer.from([255]))).toEqual({ type: 'binary', value: Buffer.from([255]) });
  });

  it.each([
    ['256', 'ubyte'],
    ['1.5', 'int'],
    ['-1', 'ulong'],
    ['9223372036854775808', 'long'],
    ['', 'double'],
    ['yes', 'boolean'],
    ['ab', 'char'],
    ['12', 'uuid'],
    ['12345678', 'decimal32'],
    ['x', 'decimal64'],
    ['1E+99999', 'decimal128'],
    ['[1]', 'list'],
    ['{"map":5}', 'map'],
    ['{"described":[1]}', 'described'],
    ['{"array":[{"int":1},{"long":"1"}]}', 'array'],
    ['{', 'list'],
    ['1', 'integer'],
  ])('can not be %j of type %s', (text, type) => {
    expect(() => writeValue(typedValue(Buffer.from(text), type))).toThrow(RangeError);
  });
});
