import { deflateSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { compressionsAlgorithms } from '@platformatic/kafka';
import { encodeBody } from '../../../src/rocketmq/request-body.ts';
import { decodeMessages } from '../../../src/rocketmq/stored-message.ts';
import { message as outgoing } from './decode-body.ts';

interface Stored {
  readonly body: Buffer;
  readonly sysFlag: number;
  readonly offset?: number;
  readonly properties?: string;
  readonly isV2?: boolean;
}

/** Lays a message out as RocketMQ's MessageDecoder reads it, with IPv4 or IPv6 hosts as the flags say. */
function stored({ body, sysFlag, offset = 5, properties = 'KEYS\u0001k\u0002', isV2 = false }: Stored): Buffer {
  const bornHost = Buffer.alloc(sysFlag & 0x10 ? 20 : 8);
  const storeHost = Buffer.alloc(sysFlag & 0x20 ? 20 : 8);
  const topic = isV2 ? Buffer.from([0, 5, ...Buffer.from('topic')]) : Buffer.from([5, ...Buffer.from('topic')]);
  const text = Buffer.from(properties);
  const bytes = Buffer.concat([
    uint32(0),
    uint32(isV2 ? 0xdaa320ab : 0xdaa320a7),
    uint32(0),
    uint32(3),
    uint32(0),
    uint64(offset),
    uint64(999),
    uint32(sysFlag),
    uint64(1_700),
    bornHost,
    uint64(1_800),
    storeHost,
    uint32(0),
    uint64(0),
    uint32(body.length),
    body,
    topic,
    Buffer.from([0, text.length]),
    text,
  ]); // prettier-ignore
  bytes.writeInt32BE(bytes.length, 0);
  return bytes;
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

function uint64(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64BE(BigInt(value));
  return bytes;
}

const TEXT = Buffer.from('{"name":"a longer text that repeats, that repeats, that repeats itself"}'.repeat(200));
const lz4 = (body: Buffer): Buffer => Buffer.from(compressionsAlgorithms.lz4.compressSync(body) as Buffer);

describe('a stored message', () => {
  it.each([
    ['not compressed', 0, TEXT],
    ['zlib, as clients up to 4.9.2 say it', 0x001, deflateSync(TEXT)],
    ['zlib', 0x301, deflateSync(TEXT)],
    ['lz4', 0x101, lz4(TEXT)],
    ['zstd', 0x201, zstdCompressSync(TEXT)],
    ['zlib, from an IPv6 host', 0x331, deflateSync(TEXT)],
  ])('has its body back: %s', (_, sysFlag, body) => {
    for (const isV2 of [false, true]) {
      const [message] = decodeMessages(stored({ body, sysFlag, isV2 }));
      expect(message).toEqual({ queue: 3, offset: 5, body: TEXT, properties: new Map([['KEYS', 'k']]), bornAt: 1_700, storedAt: 1_800 });
    }
  });

  it('has the properties that have a name and a value', () => {
    const properties = 'none\u0002a\u00011\u0002\u0001nameless\u0002empty\u0001\u0002\u0002b\u00012\u00013\u0002last\u0001\u00014';
    const [message] = decodeMessages(stored({ body: TEXT, sysFlag: 0, properties }));
    expect([...(message?.properties ?? [])]).toEqual([
      ['a', '1'],
      ['b', '2\u00013'],
      ['last', '\u00014'],
    ]);
    for (const text of ['', '\u0002', '\u0001', 'none', 'none\u0002'])
      expect(decodeMessages(stored({ body: TEXT, sysFlag: 0, properties: text }))[0]?.properties).toEqual(new Map());
  });

  it.each([
    ['in an unknown way', 0x701, TEXT],
    ['lz4 and cut', 0x101, lz4(TEXT).subarray(0, 60)],
    ['zstd and damaged', 0x201, Buffer.concat([zstdCompressSync(TEXT).subarray(0, 10), Buffer.alloc(20)])],
  ])('is refused by its place, or left as it is stored, where it is compressed %s', (_, sysFlag, body) => {
    const bytes = stored({ body, sysFlag });
    expect(() => decodeMessages(bytes)).toThrow(/^message 5 of queue 3 can't be read: /);
    expect(decodeMessages(bytes, 'as stored')).toEqual([expect.objectContaining({ body, compressed: true })]);
  });

  it.each([
    ['cut', (batch: Buffer) => batch.subarray(0, batch.length - 3)],
    ['cut in the head of a message', (batch: Buffer) => batch.subarray(0, batch.length - 25)],
    ['without a length', (batch: Buffer) => Buffer.concat([Buffer.alloc(4), batch.subarray(4)])],
    ['with too large a length', (batch: Buffer) => Buffer.concat([Buffer.from([0, 1, 0, 0]), batch.subarray(4)])],
    ['compressed in an unknown way', (batch: Buffer) => batch, 0x701],
  ])('is refused by its place, or left as it is stored, where it is a batch: %s', (_, damage, compression = 0) => {
    const body = damage(encodeBody([outgoing('first'), outgoing('second')], 0, 2).body);
    const bytes = stored({ body, sysFlag: 0xc0 | compression });
    expect(() => decodeMessages(bytes)).toThrow(/^message 5 of queue 3 can't be read: /);
    expect(decodeMessages(bytes, 'as stored')).toEqual([expect.objectContaining({ offset: 5, body, compressed: true })]);
  });

  it('is each message of a batch that is stored as one, with offsets in a row', () => {
    const bodies = ['first', 'second', 'third'];
    const messages = bodies.map((body, index) => ({ ...outgoing(body), properties: new Map([['number', String(index)]]) }));
    const batch = encodeBody(messages, 0, messages.length).body;
    for (const [sysFlag, body] of [
      [0xc0, batch],
      [0xc0 | 0x101, lz4(batch)],
    ] as const) {
      const decoded = decodeMessages(
        Buffer.concat([stored({ body, sysFlag, offset: 40 }), stored({ body: TEXT, sysFlag: 0, offset: 43 })]),
      );
      expect(decoded.map((message) => [message.offset, message.body.toString(), message.properties.get('number')])).toEqual([
        [40, 'first', '0'],
        [41, 'second', '1'],
        [42, 'third', '2'],
        [43, TEXT.toString(), undefined],
      ]);
    }
  });
});
