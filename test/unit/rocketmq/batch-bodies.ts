import type { OutgoingMessage } from '../../../src/rocketmq/types.ts';

/** A message with nothing but a body. */
export const message = (body: string): OutgoingMessage => ({ body: Buffer.from(body), keys: [], properties: new Map() });

/** What a batch holds, read by RocketMQ's own layout: total length, three words, body length, body, properties length, properties. */
export function decodeBatch(batch: Buffer): Array<{ body: Buffer; properties: string }> {
  const messages = [];
  for (let at = 0; at < batch.length; at += batch.readInt32BE(at)) {
    const bodyEnd = at + 20 + batch.readInt32BE(at + 16);
    const propertiesEnd = bodyEnd + 2 + batch.readUInt16BE(bodyEnd);
    messages.push({ body: batch.subarray(at + 20, bodyEnd), properties: batch.toString('utf8', bodyEnd + 2, propertiesEnd) });
  }
  return messages;
}

export const bodiesOf = (batch: Buffer): string[] => decodeBatch(batch).map(({ body }) => body.toString());
