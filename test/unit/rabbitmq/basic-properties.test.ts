import { describe, expect, it } from '@jest/globals';
import { readBasicProperties } from '../../../src/connectors/rabbitmq/basic-properties.ts';

const HEADERS = 1 << 13;
const MESSAGE_ID = 1 << 7;

const short = (text: string | Buffer) => Buffer.concat([Buffer.from([text.length]), Buffer.from(text)]);
const long = (content: Buffer) => Buffer.concat([Buffer.from([0, 0, 0, content.length]), content]);
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

  it('are refused where a type is unknown or a value is cut off', () => {
    expect(() => message(HEADERS, long(field('h', '?', Buffer.alloc(0))))).toThrow('unknown type "?"');
    expect(() => message(MESSAGE_ID, Buffer.from([200, 1]))).toThrow('pass the end');
  });
});
