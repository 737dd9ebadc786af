import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { SourceRecord } from '../../../src/api/index.ts';
import { recordToMessage } from '../../../src/rocketmq/record-mapping.ts';
import { groupOf, toGroup } from '../../../src/runtime/source/message-group.ts';
import { mappingTo } from '../../../src/runtime/source/topic-mapping.ts';
import { sourceRecord } from '../rocketmq/records.ts';

const toMessage = (record: SourceRecord) => recordToMessage('orders', record);
const at = (text: string) => ({ headers: [{ name: 'at', value: Buffer.from(text) }] });

describe('the message group of a record', () => {
  it('is its ordering key where that is text, and otherwise its partition: a number picks a queue', () => {
    expect(groupOf({ partition: 'stream', orderingKey: 'shop.orders/7' })).toBe('shop.orders/7');
    expect(groupOf({ partition: 'flights-3', orderingKey: 3 })).toBe('flights-3');
    expect(groupOf({ partition: 'flights-3' })).toBe('flights-3');
  });

  it('is one that RocketMQ takes, and each text has its own', () => {
    const texts = fc.oneof(
      fc.string(),
      fc.string({ unit: 'binary' }),
      fc.string({ minLength: 60, maxLength: 70 }),
      fc.constantFrom('', ' ', '\u0001', '\ud800'),
    );
    fc.assert(
      fc.property(fc.uniqueArray(texts, { minLength: 2, maxLength: 2 }), ([one = '', other = '']) => {
        const group = toGroup(one);
        expect(group.trim()).not.toBe('');
        expect(Buffer.byteLength(group)).toBeLessThanOrEqual(64);
        expect(group).not.toMatch(/\p{Cc}/u);
        expect(Buffer.from(group).toString()).toBe(group);
        expect(toGroup(one)).toBe(group);
        expect(toGroup(other)).not.toBe(group);
      }),
    );
  });

  it.each([
    [64, 'x'.repeat(64)],
    [66, '€'.repeat(22)],
  ])('of %i bytes is kept up to 64', (bytes, text) => {
    expect(toGroup(text)).toEqual(bytes <= 64 ? text : expect.stringMatching(/^[0-9a-f]{64}$/));
  });
});

describe('what becomes of records in a topic', () => {
  it('of plain messages: the plain message, made by the same function', async () => {
    expect(await mappingTo({}, toMessage, { deliverAfter: '1h' })).toEqual({ toMessage });
  });

  it('of type FIFO: the plain message with its group', async () => {
    const record = sourceRecord({ orderingKey: 'a', tag: 'blue' });
    const mapping = await mappingTo({ topicType: 'FIFO' }, toMessage);
    expect(mapping.toMessage(record)).toEqual({ ...toMessage(record), group: 'a' });
    expect(mapping.faultOf).toBeUndefined();
    expect(mapping.groupOf?.(record)).toBe('a');
  });

  it('of type DELAY: the plain message with its time, the header kept', async () => {
    const record = sourceRecord({ ...at('1764402300123'), tag: 'blue' });
    const mapping = await mappingTo({ topicType: 'DELAY' }, toMessage, { deliverAtHeader: 'at' });
    expect(mapping.toMessage(record)).toEqual({ ...toMessage(record), deliverAt: 1_764_402_300_123 });
    expect(mapping.faultOf?.(record)).toBeUndefined();
    expect(mapping.faultOf?.(sourceRecord(at('soon')))).toMatchObject({ code: 'RECORD_REFUSED' });
  });
});
