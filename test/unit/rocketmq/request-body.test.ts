import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { encodeBody, MAX_BODY_BYTES } from '../../../src/rocketmq/request-body.ts';
import type { OutgoingMessage } from '../../../src/rocketmq/types.ts';
import { bodiesOf, decodeBody, message } from './decode-body.ts';

const MIB = 1024 * 1024;
const sized = (bytes: number): OutgoingMessage => ({ body: Buffer.alloc(bytes, 'x'), keys: [], properties: new Map() });

describe('encoding the body of a request', () => {
  it('lays messages out as RocketMQ reads them, whatever their bytes and characters', () => {
    const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 });
    const messages = fc.array(
      fc.record({
        body: fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes)),
        keys: fc.array(text, { maxLength: 3 }),
        properties: fc.array(fc.tuple(text, text), { maxLength: 4 }).map((entries) => new Map(entries)),
        tag: fc.option(text, { nil: undefined }),
      }),
      { minLength: 1, maxLength: 10 },
    );
    fc.assert(
      fc.property(messages, (read) => {
        const given = read.map(({ tag, ...rest }): OutgoingMessage => (tag === undefined ? rest : { ...rest, tag }));
        const { body, count } = encodeBody(given, 0, given.length);
        expect(count).toBe(given.length);
        expect(decodeBody(body)).toEqual(
          given.map(({ body, keys, properties, tag }) => ({
            body,
            properties: [
              ...(keys.length > 0 ? [['KEYS', keys.join(' ')]] : []),
              ...(tag === undefined ? [] : [['TAGS', tag]]),
              ...properties,
            ]
              .map(([name, value]) => `${name}\u0001${value}\u0002`)
              .join(''),
          })),
        );
      }),
    );
  });

  it('ends before the message that would pass 4 MiB, counting body, keys and properties', () => {
    const messages = [sized(2 * MIB), sized(2 * MIB - 44), sized(1)];
    expect(encodeBody(messages, 0, 3)).toMatchObject({ count: 2, body: { length: MAX_BODY_BYTES } });
    const withKey = messages.with(1, { ...sized(2 * MIB - 44), keys: ['k'] });
    expect(encodeBody(withKey, 0, 3).count).toBe(1);
  });

  it('holds at most 2,048 messages, and none at or after the end', () => {
    const messages = Array.from({ length: 5_000 }, (_, index) => message(String(index)));
    expect(encodeBody(messages, 0, 5_000).count).toBe(2_048);
    expect(bodiesOf(encodeBody(messages, 2_500, 2_502).body)).toEqual(['2500', '2501']);
  });

  it('holds one message even when that is too large by itself, so that RocketMQ can refuse it', () => {
    expect(encodeBody([sized(5 * MIB), sized(1)], 0, 2).count).toBe(1);
  });
});
