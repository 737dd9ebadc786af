import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { problem } from '../../../src/rocketmq/limits.ts';
import { contentOf, messageToRecord, recordToMessage } from '../../../src/rocketmq/record-mapping.ts';
import { byName, carried, mapped, records, sourceRecord } from './records.ts';

describe('mapping records to messages', () => {
  it('gives back every byte of key, value and headers, and the timestamp', () => {
    fc.assert(
      fc.property(records, (record) => {
        const message = recordToMessage('orders', record);
        expect(problem(message)).toBeUndefined();
        expect(byName(messageToRecord(carried(message)))).toEqual(byName(mapped('orders', record)));
      }),
      { numRuns: 2_000 },
    );
  });

  it('gives each of records that share their headers its own time', () => {
    const headers = [{ name: 'a', value: Buffer.from('1') }];
    const times = [1, 2, 2, 0, 1].map((timestamp) => {
      const { properties } = recordToMessage('orders', sourceRecord({ headers, timestamp }));
      expect(properties.get('a')).toBe('1');
      return properties.get('connect-timestamp');
    });
    expect(times).toEqual(['1', '2', '2', '0', '1']);
  });

  it('keeps the usual record readable for any consumer', () => {
    const record = sourceRecord({
      key: Buffer.from('customer-7'),
      value: Buffer.from('{"total":3}'),
      headers: [{ name: 'trace-id', value: Buffer.from('a b/ü') }],
      timestamp: 1_700_000_000_000,
    });
    expect(recordToMessage('orders', record)).toEqual({
      body: record.value,
      keys: ['orders/orders-3/42', 'customer-7'],
      properties: new Map([
        ['connect-timestamp', '1700000000000'],
        ['trace-id', 'a b/ü'],
      ]),
    });
  });

  it('does not copy the value', () => {
    const record = sourceRecord({ value: Buffer.from('v') });
    expect(recordToMessage('orders', record).body).toBe(record.value);
  });

  it.each([
    ['text without spaces as a second message key', 'köy', { keys: ['orders/orders-3/42', 'köy'] }],
    ['text with a space as a property', 'a key', { property: ['connect-key', 'a key'] }],
    ['bytes that are no text in base64', Buffer.from([0xff, 0]), { property: ['connect-key-b64', '/wA='] }],
    ['text with a control character in base64', 'a\u0001b', { property: ['connect-key-b64', 'YQFi'] }],
    ['an empty one as a mark', '', { property: ['connect-key-b64', '='] }],
  ])('carries a key that is %s', (_, key, { keys, property }: { keys?: string[]; property?: string[] }) => {
    const message = recordToMessage('orders', sourceRecord({ key: Buffer.from(key as string) }));
    expect(message.keys).toEqual(keys ?? ['orders/orders-3/42']);
    if (property !== undefined) expect([...message.properties]).toContainEqual(property);
  });

  it.each([
    ['null', null],
    ['empty', Buffer.alloc(0)],
  ])('marks a value that is %s, because RocketMQ knows no empty body', (mark, value) => {
    const message = recordToMessage('orders', sourceRecord({ value }));
    expect(message.body).toHaveLength(1);
    expect(message.properties.get('connect-value')).toBe(mark);
  });

  it('puts headers that can be no property into one, in their order', () => {
    const headers = [
      { name: 'again', value: Buffer.from('1') },
      { name: 'again', value: null },
      { name: 'KEYS', value: Buffer.from('reserved') },
      { name: '__mine', value: Buffer.from('reserved') },
      { name: 'connect-value', value: Buffer.from('ours') },
      { name: 'with space', value: Buffer.from('x') },
      { name: 'bytes', value: Buffer.from([0xc3]) },
      { name: 'control', value: Buffer.from('\u0002') },
      { name: 'empty', value: Buffer.alloc(0) },
    ];
    const { properties } = recordToMessage('orders', sourceRecord({ headers }));
    expect([...properties.keys()]).toEqual(['connect-timestamp', 'connect-headers']);
    expect(messageToRecord(carried({ body: Buffer.from('v'), keys: ['k'], properties })).headers).toEqual(headers);
  });

  it('lets no control character into a property, which a proxy would refuse, and gives each back', () => {
    const all = Array.from({ length: 0xa0 }, (_, code) => String.fromCharCode(code)).filter((character) => /\p{Cc}/u.test(character));
    const headers = all.flatMap((character) => [
      { name: `name${character}`, value: Buffer.from('v') },
      { name: `value${character.charCodeAt(0)}`, value: Buffer.from(`v${character}\\u0085`) },
    ]);
    const { properties } = recordToMessage('orders', sourceRecord({ headers }));
    for (const value of properties.values()) expect(value).not.toMatch(/\p{Cc}/u);
    expect(messageToRecord(carried({ body: Buffer.from('v'), keys: ['k'], properties })).headers).toEqual(headers);
  });

  it("keeps other programs' properties, whatever their names begin with", () => {
    const properties = new Map([
      ['__typename', 'Order'],
      ['__SHARDINGKEY', 'group'],
      ['__RMQ.TRANSIENT.X', '1'],
      ['connect-ext-id', '7'],
      ['connect-foo', 'mine'],
      ['connect-error-reason', 'ours'],
    ]);
    const { headers } = messageToRecord(contentOf(Buffer.from('v'), properties));
    expect(headers.map(({ name }) => name)).toEqual(['__typename', 'connect-ext-id', 'connect-foo']);
  });

  it('leaves keys and body to another producer that copied the property with the time', () => {
    const properties = new Map([
      ['connect-timestamp', '1700000000000'],
      ['connect-value', 'null'],
      ['connect-key-b64', '='],
    ]);
    expect(messageToRecord({ body: Buffer.from('v'), keys: ['order-9', 'sub-9'], properties })).toEqual({
      key: Buffer.from('order-9 sub-9'),
      value: Buffer.from('v'),
      headers: [],
      timestamp: 1_700_000_000_000,
    });
  });

  it('does not take a time that is no number', () => {
    const properties = new Map([['connect-timestamp', 'not a number']]);
    expect(() => messageToRecord({ body: Buffer.from('v'), keys: [], properties })).toThrow('connect-timestamp is "not a number"');
  });

  it('makes a record of a message that no source wrote', () => {
    const body = Buffer.from('hello');
    const properties = new Map([['color', 'red']]);
    const headers = [{ name: 'color', value: Buffer.from('red') }];
    expect(messageToRecord({ body, keys: ['a', 'b'], properties })).toEqual({ key: Buffer.from('a b'), value: body, headers });
    expect(messageToRecord({ body, keys: [], properties: new Map() })).toEqual({ key: null, value: body, headers: [] });
  });
});
