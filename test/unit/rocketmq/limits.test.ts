import { describe, expect, it } from '@jest/globals';
import { MAX_PROPERTIES_BYTES, problem } from '../../../src/rocketmq/limits.ts';
import { MAX_BODY_BYTES } from '../../../src/rocketmq/request-body.ts';
import type { OutgoingMessage } from '../../../src/rocketmq/types.ts';

const message = (given: Partial<OutgoingMessage>): OutgoingMessage => ({
  body: Buffer.from('v'),
  keys: ['c/p/1'],
  properties: new Map(),
  ...given,
});
const withProperty = (name: string, value: string) => message({ properties: new Map([[name, value]]) });

/** The length of `KEYS`, `c/p/1`, a name of one character, and four separators. */
const OTHER_CHARACTERS = 4 + 5 + 1 + 4;

describe('what RocketMQ would refuse', () => {
  it.each([
    ['an empty body', message({ body: Buffer.alloc(0) }), 'the body is empty'],
    ['a key with a space', message({ keys: ['a b'] }), 'key "a b" is empty or holds a space or control character'],
    ['an empty key', message({ keys: [''] }), 'key "" is empty or holds a space or control character'],
    ['a reserved property name', withProperty('TAGS', 'x'), 'property name TAGS is reserved by RocketMQ'],
    ['a message group', withProperty('__SHARDINGKEY', 'x'), 'property name __SHARDINGKEY is reserved by RocketMQ'],
    ['a name for its servers alone', withProperty('__RMQ.TRANSIENT.X', 'x'), 'property name __RMQ.TRANSIENT.X is reserved by RocketMQ'],
    ['an empty property', withProperty('a', ''), 'property "a" has an empty value'],
    ['a property without a name', withProperty('', 'a'), 'property "" has an empty name'],
    ['a separator in a value', withProperty('a', 'b\u0002c'), 'property "a" holds a control character'],
    ['a separator in a name', withProperty('a\u0001b', 'c'), 'property "a\\u0001b" holds a control character'],
    [
      'a tag that filters would take for two',
      message({ tag: 'a||b' }),
      'tag "a||b" is empty or holds white space, | or a control character',
    ],
    ['an empty tag', message({ tag: '' }), 'tag "" is empty or holds white space, | or a control character'],
  ])('%s', (_, given, expected) => {
    expect(problem(given)).toBe(expected);
  });

  it.each([
    ['one byte a character', 'a', 1],
    ['three bytes a character', '€', 3],
    ['four bytes in two characters', '😀', 4],
  ])('keys and properties over 32,767 bytes, %s', (_, character, bytes) => {
    const room = MAX_PROPERTIES_BYTES - OTHER_CHARACTERS;
    const most = character.repeat(Math.floor(room / bytes)) + 'x'.repeat(room % bytes);
    expect(problem(withProperty('n', most))).toBeUndefined();
    expect(problem(withProperty('n', `${most}x`))).toBe('keys and properties take 32768 bytes, RocketMQ stores at most 32767');
  });

  it('a message over 4 MiB, keys and properties counted', () => {
    const room = MAX_BODY_BYTES - 22 - 11;
    expect(problem(message({ body: Buffer.alloc(room) }))).toBeUndefined();
    expect(problem(message({ body: Buffer.alloc(room + 1) }))).toBe(
      'body, keys and properties take 4194305 bytes, rocketmq.maxMessageBytes allows 4194304',
    );
    expect(problem(message({ body: Buffer.alloc(room + 1) }), MAX_BODY_BYTES + 1)).toBeUndefined();
  });
});
