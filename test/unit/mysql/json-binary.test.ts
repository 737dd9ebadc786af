import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { jsonBinaryText } from '../../../src/connectors/mysql/values/json-binary.ts';

/** A value as MySQL knows it. */
type Value =
  | null
  | boolean
  | string
  | { readonly integer: bigint }
  | { readonly double: number }
  | { readonly opaque: { readonly type: number; readonly bytes: Buffer } }
  | readonly Value[]
  | { readonly members: ReadonlyArray<readonly [string, Value]> };

interface Encoded {
  readonly type: number;
  readonly bytes: Buffer;
}

/** Writes the layout that `json_binary.h` describes. */
function encode(value: Value, large: boolean): Encoded {
  if (value === null || typeof value === 'boolean') return { type: 4, bytes: Buffer.from([value === null ? 0 : value ? 1 : 2]) };
  if (typeof value === 'string') return { type: 12, bytes: lengthed(Buffer.from(value)) };
  if ('integer' in value) return encodeInteger(value.integer);
  if ('double' in value) return { type: 11, bytes: number(8, (out) => out.writeDoubleLE(value.double)) };
  if ('opaque' in value) return { type: 15, bytes: Buffer.concat([Buffer.from([value.opaque.type]), lengthed(value.opaque.bytes)]) };
  const isObject = 'members' in value;
  const entries = isObject ? value.members : value.map((each): [string, Value] => ['', each]);
  return { type: (isObject ? 0 : 2) + (large ? 1 : 0), bytes: container(entries, isObject, large) };
}

function encodeInteger(integer: bigint): Encoded {
  if (integer >= -(2n ** 15n) && integer < 2n ** 15n) return { type: 5, bytes: number(2, (out) => out.writeInt16LE(Number(integer))) };
  if (integer >= 0n && integer < 2n ** 16n) return { type: 6, bytes: number(2, (out) => out.writeUInt16LE(Number(integer))) };
  if (integer >= -(2n ** 31n) && integer < 2n ** 31n) return { type: 7, bytes: number(4, (out) => out.writeInt32LE(Number(integer))) };
  if (integer >= 0n && integer < 2n ** 32n) return { type: 8, bytes: number(4, (out) => out.writeUInt32LE(Number(integer))) };
  if (integer < 2n ** 63n) return { type: 9, bytes: number(8, (out) => out.writeBigInt64LE(integer)) };
  return { type: 10, bytes: number(8, (out) => out.writeBigUInt64LE(integer)) };
}

function container(entries: ReadonlyArray<readonly [string, Value]>, isObject: boolean, large: boolean): Buffer {
  const size = large ? 4 : 2;
  const valuesAt = 2 * size + (isObject ? entries.length * (size + 2) : 0);
  const keys = isObject ? entries.map(([key]) => Buffer.from(key)) : [];
  let end = valuesAt + entries.length * (1 + size);
  const head = Buffer.alloc(end);
  const tail: Buffer[] = [];
  const append = (bytes: Buffer): number => {
    tail.push(bytes);
    end += bytes.length;
    return end - bytes.length;
  };
  for (const [index, key] of keys.entries()) {
    head.writeUIntLE(append(key), 2 * size + index * (size + 2), size);
    head.writeUInt16LE(key.length, 2 * size + index * (size + 2) + size);
  }
  for (const [index, [, value]] of entries.entries()) {
    const { type, bytes } = encode(value, large);
    const entry = valuesAt + index * (1 + size);
    head[entry] = type;
    if ([4, 5, 6].includes(type) || (large && [7, 8].includes(type))) bytes.copy(head, entry + 1);
    else head.writeUIntLE(append(bytes), entry + 1, size);
  }
  head.writeUIntLE(entries.length, 0, size);
  head.writeUIntLE(end, size, size);
  return Buffer.concat([head, ...tail]);
}

function number(size: number, write: (out: Buffer) => void): Buffer {
  const out = Buffer.alloc(size);
  write(out);
  return out;
}

function lengthed(bytes: Buffer): Buffer {
  const length: number[] = [];
  let rest = bytes.length;
  for (; rest > 0x7f; rest = Math.floor(rest / 128)) length.push((rest & 0x7f) | 0x80);
  return Buffer.concat([Buffer.from([...length, rest]), bytes]);
}

const document = (value: Value, large = false): Buffer => {
  const { type, bytes } = encode(value, large);
  return Buffer.concat([Buffer.from([type]), bytes]);
};

/** As the server writes it, apart from doubles and opaque values. */
function textOf(value: Value): string {
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'string') return JSON.stringify(value);
  if ('integer' in value) return String(value.integer);
  if ('members' in value) return `{${value.members.map(([key, each]) => `${JSON.stringify(key)}: ${textOf(each)}`).join(', ')}}`;
  if (Array.isArray(value)) return `[${value.map(textOf).join(', ')}]`;
  throw new Error('not compared by text');
}

const values: fc.Arbitrary<Value> = fc.letrec<{ value: Value }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom(null, true, false),
    fc.string({ unit: 'grapheme', maxLength: 300 }),
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 64n - 1n }).map((integer) => ({ integer })),
    fc.integer({ min: -70_000, max: 70_000 }).map((integer) => ({ integer: BigInt(integer) })),
    fc.array(tie('value'), { maxLength: 6 }),
    fc.array(fc.tuple(fc.string({ unit: 'grapheme', maxLength: 12 }), tie('value')), { maxLength: 6 }).map((members) => ({ members })),
  ),
})).value;

describe('binary JSON', () => {
  it('becomes the text that a query gives, members in their order, small or large', () => {
    fc.assert(
      fc.property(values, fc.boolean(), (value, large) => {
        expect(jsonBinaryText(document(value, large))).toBe(textOf(value));
      }),
      { numRuns: 500 },
    );
  });

  it('keeps members apart that JavaScript would sort or hide', () => {
    const members: Array<[string, Value]> = [
      ['2', { integer: 1n }],
      ['b', { integer: 2n }],
      ['10', { integer: 3n }],
      ['__proto__', { integer: 4n }],
    ];
    expect(jsonBinaryText(document({ members }))).toBe('{"2": 1, "b": 2, "10": 3, "__proto__": 4}');
  });

  it.each([
    [1, '1.0'],
    [-0, '-0.0'],
    [0.1, '0.1'],
    [1.5, '1.5'],
    [-123.456, '-123.456'],
    [123456789012345, '123456789012345.0'],
    [1e15, '1e15'],
    [1e20, '1e20'],
    [1.5e-20, '1.5e-20'],
    [0.00001, '0.00001'],
    [1e-15, '0.000000000000001'],
    [1e-16, '1e-16'],
    [1.7976931348623157e308, '1.7976931348623157e308'],
  ])('writes the number %d as %s', (double, text) => {
    expect(jsonBinaryText(document({ double }))).toBe(text);
  });

  it.each([
    ['a decimal', 246, Buffer.from([10, 2, 0x80, 0x00, 0x00, 0x01, 0x32]), '1.50'],
    ['a negative decimal', 246, Buffer.from([4, 2, 0x74, 0xc7]), '-11.56'],
    ['a date', 10, packed(2015n, 1n, 15n, 0n, 0n, 0n, 0n), '"2015-01-15"'],
    ['a datetime', 12, packed(2015n, 1n, 15n, 23n, 24n, 25n, 120_000n), '"2015-01-15 23:24:25.120000"'],
    ['a timestamp', 7, packed(2015n, 1n, 15n, 23n, 24n, 25n, 0n), '"2015-01-15 23:24:25.000000"'],
    ['a time', 11, integer64((((23n << 12n) | (24n << 6n) | 25n) << 24n) | 5n), '"23:24:25.000005"'],
    ['a negative time', 11, integer64(-((((1n << 12n) | (2n << 6n) | 3n) << 24n) | 0n)), '"-01:02:03.000000"'],
    ['bytes', 252, Buffer.from('abc'), '"base64:type252:YWJj"'],
  ])('writes %s', (_, type, bytes, text) => {
    expect(jsonBinaryText(document({ opaque: { type, bytes } }))).toBe(text);
    expect(jsonBinaryText(document([{ opaque: { type, bytes } }, null]))).toBe(`[${text}, null]`);
  });

  it('is null where there is nothing', () => {
    expect(jsonBinaryText(Buffer.alloc(0))).toBe('null');
  });
});

function integer64(value: bigint): Buffer {
  return number(8, (out) => out.writeBigInt64LE(value));
}

function packed(year: bigint, month: bigint, day: bigint, hour: bigint, minute: bigint, second: bigint, micros: bigint): Buffer {
  const date = ((year * 13n + month) << 5n) | day;
  const clock = (hour << 12n) | (minute << 6n) | second;
  return integer64((((date << 17n) | clock) << 24n) + micros);
}
