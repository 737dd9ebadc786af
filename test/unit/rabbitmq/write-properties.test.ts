import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { PROPERTIES, readBasicProperties } from '../../../src/connectors/rabbitmq/protocol/basic-properties.ts';
import { writeBasicProperties } from '../../../src/connectors/rabbitmq/protocol/publish/write-properties.ts';
import type { TypedHeader } from '../../../src/kit/index.ts';

const MIN_INT64 = -(2n ** 63n);
const MAX_INT64 = 2n ** 63n - 1n;

const bytes = (maxLength: number) => fc.uint8Array({ maxLength }).map((array) => Buffer.from(array));
const texts = (values: fc.Arbitrary<unknown>) => values.map((value) => (Object.is(value, -0) ? '-0' : String(value)));
const decimals = fc.tuple(fc.integer(), fc.nat({ max: 9 })).map(([digits, places]) => {
  const text = String(Math.abs(digits)).padStart(places + 1, '0');
  return (digits < 0 ? '-' : '') + (places === 0 ? text : `${text.slice(0, -places)}.${text.slice(-places)}`);
});

const SCALARS: Readonly<Record<string, fc.Arbitrary<string>>> = {
  boolean: texts(fc.boolean()),
  int8: texts(fc.integer({ min: -128, max: 127 })),
  uint8: texts(fc.integer({ min: 0, max: 255 })),
  int16: texts(fc.integer({ min: -32_768, max: 32_767 })),
  uint16: texts(fc.integer({ min: 0, max: 65_535 })),
  int32: texts(fc.integer()),
  uint32: texts(fc.integer({ min: 0, max: 4_294_967_295 })),
  int64: texts(fc.bigInt({ min: MIN_INT64, max: MAX_INT64 })),
  timestamp: texts(fc.bigInt({ min: MIN_INT64, max: MAX_INT64 })),
  float: texts(fc.float()),
  double: texts(fc.double()),
  decimal: decimals,
};
const scalars = fc
  .constantFrom(...Object.keys(SCALARS))
  .chain((type) => (SCALARS[type] as fc.Arbitrary<string>).map((text) => ({ type, text })));
const names = fc.oneof(fc.string({ unit: 'grapheme', maxLength: 10 }), fc.constant('!'), fc.constant('binary:ff00'));

/** JSON as `readBasicProperties` writes it. */
const { nested } = fc.letrec<{ nested: unknown }>((tie) => {
  const pairs = fc.array(fc.tuple(names, tie('nested')), { maxLength: 4 });
  return {
    nested: fc.oneof(
      { maxDepth: 4 },
      fc.oneof(
        fc.string({ unit: 'grapheme' }),
        fc.boolean(),
        fc.constant(null),
        fc.integer(),
        scalars.filter(({ type }) => type !== 'boolean' && type !== 'int32').map(({ type, text }) => ({ '!': type, value: text })),
        bytes(20).map((content) => ({ '!': 'bytes', value: content.toString('base64') })),
        fc.constant({ '!': 'string', value: Buffer.from([0xff]).toString('base64') }),
      ),
      fc.array(tie('nested'), { maxLength: 4 }),
      pairs.map((fields) => {
        const unique = new Set(fields.map(([name]) => name));
        return unique.size < fields.length || unique.has('!') ? { '!': 'table', value: fields } : Object.fromEntries(fields);
      }),
    ),
  };
});
const isTable = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && (!('!' in value) || value['!'] === 'table');

const headers: fc.Arbitrary<TypedHeader> = fc
  .tuple(
    names,
    fc.oneof<Array<fc.Arbitrary<Omit<TypedHeader, 'name'>>>>(
      bytes(300).map((value) => ({ value })),
      fc.constant({ value: null }),
      bytes(300).map((value) => ({ value, type: 'bytes' })),
      scalars.map(({ type, text }) => ({ value: Buffer.from(text), type })),
      nested.filter(Array.isArray).map((value) => ({ value: Buffer.from(JSON.stringify(value)), type: 'array' })),
      nested.filter(isTable).map((value) => ({ value: Buffer.from(JSON.stringify(value)), type: 'table' })),
    ),
  )
  .map(([name, field]) => ({ name, ...field }));

const asBytes = (type: string) => (SCALARS[type] as fc.Arbitrary<string>).map((text) => Buffer.from(text));
const KINDS = { text: bytes(255), octet: asBytes('uint8'), seconds: asBytes('int64') };
const properties = fc
  .tuple(
    ...PROPERTIES.map(([name, kind]) =>
      fc.option(kind === 'headers' ? fc.constant(undefined) : KINDS[kind]).map((value) => ({ name, value })),
    ),
  )
  .map((all) => new Map(all.flatMap(({ name, value }) => (value ? [[name, value] as const] : []))));

describe('the properties of a message', () => {
  it('are read as they were written, whatever they are', () => {
    fc.assert(
      fc.property(properties, fc.array(headers, { maxLength: 6 }), (written, table) => {
        const read = readBasicProperties(writeBasicProperties({ properties: written, headers: table }));
        const sorted = (map: ReadonlyMap<string, Buffer>) =>
          Object.fromEntries([...map].map(([name, value]) => [name, value.toString('hex')]));
        expect(sorted(read.properties)).toEqual(sorted(written));
        expect(read.headers).toEqual(table);
      }),
    );
  });

  it.each([
    ['a name of more than 255 bytes', { name: 'n'.repeat(256), value: null }, /256 bytes/],
    ['a type that AMQP does not have', { name: 'h', value: Buffer.from('1'), type: 'int' }, /the type "int"/],
    ['a number out of range', { name: 'h', value: Buffer.from('128'), type: 'int8' }, /"128", which is no value of AMQP's type int8/],
    ['a long out of range', { name: 'h', value: Buffer.from('9223372036854775808'), type: 'int64' }, /no value of AMQP.s type int64/],
    ['a text for a number', { name: 'h', value: Buffer.from(' '), type: 'double' }, /no value of AMQP.s type double/],
    ['neither true nor false', { name: 'h', value: Buffer.from('yes'), type: 'boolean' }, /no value of AMQP.s type boolean/],
    ['a decimal of too many digits', { name: 'h', value: Buffer.from('21474836.48'), type: 'decimal' }, /no value of AMQP.s type decimal/],
    ['JSON that is none', { name: 'h', value: Buffer.from('{'), type: 'table' }, /no JSON/],
    ['an array for a table', { name: 'h', value: Buffer.from('[]'), type: 'table' }, /no table/],
    ['a nested type that is not known', { name: 'h', value: Buffer.from('[{"!":"date","value":"1"}]'), type: 'array' }, /type "date"/],
  ])('can not have %s', (_, header, message) => {
    expect(() => writeBasicProperties({ properties: new Map(), headers: [header] })).toThrow(
      expect.objectContaining({ code: 'RECORD_REFUSED', message: expect.stringMatching(message) }),
    );
  });

  it('take plain numbers of other programs in nested values', () => {
    const value = Buffer.from('{"half":1.5,"long":4294967296}');
    const [read] = readBasicProperties(
      writeBasicProperties({ properties: new Map(), headers: [{ name: 'h', value, type: 'table' }] }),
    ).headers;
    expect(JSON.parse(String(read?.value))).toEqual({ half: { '!': 'double', value: '1.5' }, long: { '!': 'int64', value: '4294967296' } });
  });
});
