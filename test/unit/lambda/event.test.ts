import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { SinkRecord } from '../../../src/api/index.ts';
import { EVENT_LIMIT_BYTES, kafkaEvent } from '../../../src/connectors/lambda/event.ts';
import { queued } from '../../integration/lambda/lambda-lab.ts';

const read = (records: readonly SinkRecord[], most = 1_000) => JSON.parse(Buffer.from(kafkaEvent(records, 3, most).payload).toString());

describe('an event', () => {
  it('is that of an event source mapping', () => {
    const [record] = queued(['v'], () => ({ key: Buffer.from([0, 255]), headers: [{ name: 'h', value: Buffer.from([0, 200]) }] }), 3);
    expect(read([record as SinkRecord])).toEqual({
      eventSource: 'SelfManagedKafka',
      records: {
        'orders-3': [
          {
            topic: 'orders',
            partition: 3,
            offset: 0,
            timestamp: 1_700_000_000_000,
            timestampType: 'CREATE_TIME',
            key: 'AP8=',
            value: 'dg==',
            headers: [{ h: [0, 200] }, { 'rocketmq-queue': [...Buffer.from('orders:broker-a:3')] }],
          },
        ],
      },
    });
  });

  it('keeps all digits of a time, and names that objects have of their own', () => {
    const [record] = queued(['v'], () => ({ timestamp: 2n ** 60n, headers: [{ name: '__proto__', value: Buffer.from('x') }] }));
    const text = Buffer.from(kafkaEvent([record as SinkRecord], 0, 1).payload).toString();
    expect(text).toContain(`"timestamp":${2n ** 60n},`);
    expect(text).toContain('{"__proto__":[120]}');
  });

  it('has headers by the names that users gave', () => {
    const [record] = queued(['v'], () => ({ headers: [{ name: 'user:jms-type', value: null }] }));
    expect(read([record as SinkRecord]).records['orders-3'][0].headers[0]).toEqual({ 'jms-type': [] });
  });

  it('holds as many records as it may and as Lambda takes, whatever they are', () => {
    const bytes = fc.integer({ min: 0, max: 2_500_000 });
    const size = fc.record({ value: bytes, header: fc.integer({ min: 0, max: 600_000 }) });
    fc.assert(
      fc.property(fc.array(size, { minLength: 1, maxLength: 6 }), fc.integer({ min: 1, max: 6 }), (sizes, most) => {
        const records = queued(
          sizes.map(() => ''),
          (offset) => ({
            value: Buffer.alloc(sizes[offset]?.value ?? 0, 1),
            headers: [{ name: 'ß', value: Buffer.alloc(sizes[offset]?.header ?? 0, 200) }],
          }),
        );
        const { payload, count } = kafkaEvent(records, 3, most);
        if (count === 0) return payload.length >= EVENT_LIMIT_BYTES;
        const held = JSON.parse(Buffer.from(payload).toString()).records['orders-3'];
        expect(held.map(({ offset }: SinkRecord) => offset)).toEqual(records.slice(0, count).map(({ offset }) => offset));
        const isFull = count === most || count === records.length || kafkaEvent(records.slice(0, count + 1), 3, most).count === count;
        return payload.length < EVENT_LIMIT_BYTES && held.length === count && count <= most && isFull;
      }),
      { numRuns: 15 },
    );
  });
});
