import { describe, expect, it } from '@jest/globals';
import { readBasicProperties } from '../../../src/connectors/rabbitmq/protocol/basic-properties.ts';

const HEADERS = 1 << 13;
const MESSAGE_ID = 1 << 7;
const TIMESTAMP = 1 << 6;

const int32 = (value: number) => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
};
const int64 = (value: bigint) => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64BE(value);
  return bytes;
};

const short = (text: string | Buffer) => Buffer.concat([Buffer.from([text.length]), Buffer.from(text)]);
const long = (content: Buffer) => Buffer.concat([int32(content.length), content]);
const field = (name: string, tag: string, value: Buffer) => Buffer.concat([short(name), Buffer.from(tag), value]);
const message = (flags: number, ...parts: Buffer[]) =>
  readBasicProperties(Buffer.concat([Buffer.from([flags >> 8, flags & 0xff]), ...parts]));

describe('basic properties', () => {
  it('may all be absent', () => {
    expect(message(0)).toEqual({ properties: new Map(), headers: [] });
  });

  it('keep bytes that are no text', () => {
    const bytes = Buffer.from([0xff, 0]);
    expect(message(MESSAGE_ID, short(bytes)).properties).toEqual(new Map([['message-id', bytes]]));
    expect(message(HEADERS, long(field('h', 'S', long(bytes)))).headers).toEqual([{ name: 'h', value: bytes }]);
  });

  it('keep a name that repeats, also in a nested table', () => {
    const twice = Buffer.concat([field('n', 't', Buffer.from([1])), field('n', 'V', Buffer.alloc(0))]);
    expect(message(HEADERS, long(twice)).headers).toEqual([
      { name: 'n', value: Buffer.from('true'), type: 'boolean' },
      { name: 'n', value: null },
    ]);
    const [nested] = message(HEADERS, long(field('table', 'F', long(twice)))).headers;
    expect(JSON.parse(nested?.value?.toString() ?? '')).toEqual({
      '!': 'table',
      value: [
        ['n', true],
        ['n', null],
      ],
    });
  });

  it('keep a nested table apart from a value with its type', () => {
    const table = long(field('!', 'S', long(Buffer.from('int64'))));
    const [nested] = message(HEADERS, long(field('table', 'F', table))).headers;
    expect(JSON.parse(nested?.value?.toString() ?? '')).toEqual({ '!': 'table', value: [['!', 'int64']] });
  });

  it('have decimals and times with a sign, nested ones too', () => {
    const decimal = (places: number, digits: number) => Buffer.from([places, ...int32(digits)]);
    const fields = (name: string) =>
      Buffer.concat([
        field(name, 'D', decimal(2, -1_999)),
        field(`${name}0`, 'D', decimal(3, -5)),
        field(`${name}1`, 'D', decimal(0, -2_147_483_648)),
        field(`${name}2`, 'D', decimal(255, 1)),
        field(`${name}3`, 'T', int64(-1n)),
        field(`${name}4`, 'T', int64(-(2n ** 63n))),
      ]);
    const values = ['-19.99', '-0.005', '-2147483648', `0.${'0'.repeat(254)}1`, '-1', '-9223372036854775808'];
    const { headers } = message(HEADERS, long(fields('h')));
    expect(headers.map(({ value, type }) => [type, value?.toString()])).toEqual([
      ...values.slice(0, 4).map((value) => ['decimal', value]),
      ...values.slice(4).map((value) => ['timestamp', value]),
    ]);
    const [nested] = message(HEADERS, long(field('table', 'F', long(fields('n'))))).headers;
    expect(
      Object.values(JSON.parse(nested?.value?.toString() ?? '') as Record<string, { value: string }>).map(({ value }) => value),
    ).toEqual(values);
  });

  it('have a time before 1970', () => {
    expect(message(TIMESTAMP, int64(-1n)).properties).toEqual(new Map([['timestamp', Buffer.from('-1')]]));
  });

  it('keep names that are no text apart', () => {
    const names = [Buffer.from([0xff]), Buffer.from([0xfe])];
    const table = Buffer.concat(names.map((name) => Buffer.concat([short(name), Buffer.from('V')])));
    expect(message(HEADERS, long(table)).headers.map(({ name }) => name)).toEqual(['binary:ff', 'binary:fe']);
  });

  it('are refused where a type is unknown or a value is cut off', () => {
    expect(() => message(HEADERS, long(field('h', '?', Buffer.alloc(0))))).toThrow('unknown type "?"');
    expect(() => message(MESSAGE_ID, Buffer.from([200, 1]))).toThrow('pass the end');
  });
});
