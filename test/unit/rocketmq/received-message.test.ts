import { deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { renewedHandle } from '../../../src/rocketmq/grpc/consumer/renewed-handle.ts';
import type { WireMessage } from '../../../src/rocketmq/grpc/consumer/wire.ts';
import { receivedMessage } from '../../../src/rocketmq/received-message.ts';
import { receivedPlace } from '../../../src/rocketmq/received-place.ts';

type System = NonNullable<WireMessage['systemProperties']>;

const system: System = {
  tag: '',
  keys: [],
  messageId: '',
  bornTimestamp: { seconds: 1, nanos: 5_000_000 },
  storeTimestamp: { seconds: 2, nanos: 0 },
  receiptHandle: '0 1796029747102 10000 7 0 broker-a 3 9 1904830',
  queueId: 3,
  queueOffset: 9,
  deliveryAttempt: 1,
  messageGroup: '',
  bodyEncoding: 1,
};

const wire = (own: Partial<System> = {}, body: Uint8Array = Buffer.from('body')): WireMessage => ({
  userProperties: { a: 'b' },
  systemProperties: { ...system, ...own },
  body,
});

const place = { topic: 'orders', group: 'billing' };

describe('a message that was received over gRPC', () => {
  it('is what a broker stores of it', () => {
    const read = receivedMessage({ wire: wire({ tag: 'paid', keys: ['a', 'b'], messageId: '01AB', messageGroup: 'g' }) });
    expect({ ...read, body: String(read.body) }).toEqual({
      ...{ queue: 3, offset: 9, body: 'body', bornAt: 1_005, storedAt: 2_000 },
      properties: new Map([
        ['a', 'b'],
        ['KEYS', 'a b'],
        ['TAGS', 'paid'],
        ['UNIQ_KEY', '01AB'],
        ['__SHARDINGKEY', 'g'],
      ]),
    });
  });

  it.each([
    ['gzip', gzipSync],
    ['zlib', deflateSync],
    ['zstd', zstdCompressSync],
  ])('is unpacked where its producer packed it with %s', (_, pack) => {
    expect(String(receivedMessage({ wire: wire({ bodyEncoding: 2 }, pack(Buffer.from('large'))) }).body)).toBe('large');
  });

  it('is marked where its body is damaged', () => {
    expect(receivedMessage({ wire: wire({ bodyEncoding: 2 }, Buffer.from('none')) })).toMatchObject({ compressed: true });
  });

  it.each([
    ['0 1 2 7 0 broker-b 3 9 190', 'orders:broker-b:3'],
    ['0 1 2 7 1 broker-b 3 9 190', '%RETRY%billing_orders:broker-b:3'],
    ['0 1 2 7 2 broker-b 3 9 190', '%RETRY%billing+orders:broker-b:3'],
    ['sealed', 'orders:broker-a:3'],
  ])('has the place that its handle %p names', (receiptHandle, expected) => {
    expect(receivedPlace({ wire: wire({ receiptHandle }), broker: 'broker-a' }, place)).toBe(expected);
  });

  it.each([
    ['0 1796029752380 10000 7 0 broker-a 0 12 0 1904948', '12 1796029752380 10000 7 0 broker-a 0 12 0 1904948'],
    ['12 1796029752380 10000 7 0 broker-a 0 12', '12 1796029752380 10000 7 0 broker-a 0 12'],
    ['sealed', 'sealed'],
  ])('has a handle whose checkpoint begins with it once it got more time: %p', (given, expected) => {
    expect(renewedHandle(given)).toBe(expected);
  });
});
