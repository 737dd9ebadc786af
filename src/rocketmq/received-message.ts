import { gunzipSync } from 'node:zlib';
import type { Received } from './grpc/consumer/grpc-consumer.ts';
import { toNumber, type WireTimestamp } from './grpc/consumer/wire.ts';
import { plainBody } from './stored-body.ts';
import type { StoredMessage } from './stored-message.ts';

const PACKED = 2;
const COMPRESSED = 1;

/** What a body begins with, and the system flags that say so over the remoting protocol. */
const METHODS: ReadonlyArray<readonly [string, number]> = [
  ['04224d18', 0x100 | COMPRESSED],
  ['28b52ffd', 0x200 | COMPRESSED],
  ['78', 0x300 | COMPRESSED],
];

/** Makes of a message what a broker stores of it, with RocketMQ's own properties. */
export function receivedMessage({ wire }: Pick<Received, 'wire'>): StoredMessage {
  const { systemProperties: system, userProperties } = wire;
  const properties = new Map(Object.entries(userProperties));
  if (system === null) return { queue: 0, offset: 0, body: bufferOf(wire.body), properties, bornAt: 0, storedAt: 0 };
  const { keys, tag, messageId, messageGroup } = system;
  if (keys.length > 0) properties.set('KEYS', keys.join(' '));
  if (tag !== '') properties.set('TAGS', tag);
  if (messageId !== '') properties.set('UNIQ_KEY', messageId);
  if (messageGroup !== '') properties.set('__SHARDINGKEY', messageGroup);
  const { queueId: queue, queueOffset, bornTimestamp, storeTimestamp, bodyEncoding } = system;
  const place = {
    queue,
    offset: toNumber(queueOffset),
    properties,
    bornAt: milliseconds(bornTimestamp),
    storedAt: milliseconds(storeTimestamp),
  };
  const body = bufferOf(wire.body);
  if (bodyEncoding !== PACKED) return { ...place, body };
  try {
    return { ...place, body: unpack(body) };
  } catch {
    return { ...place, body, compressed: true };
  }
}

/** A proxy says of each compressed body that it is gzip, and passes it on as the producer packed it. */
function unpack(body: Buffer): Buffer {
  const begin = body.toString('hex', 0, 4);
  const method = METHODS.find(([magic]) => begin.startsWith(magic));
  return method === undefined ? gunzipSync(body) : plainBody(body, method[1]);
}

const bufferOf = (bytes: Uint8Array): Buffer =>
  Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);

const milliseconds = (time: WireTimestamp | null): number =>
  time === null ? 0 : toNumber(time.seconds) * 1_000 + Math.floor(time.nanos / 1_000_000);
