import type { OutgoingMessage } from '../../../src/rocketmq/types.ts';

/** A message with nothing but a body. */
export const message = (body: string): OutgoingMessage => ({ body: Buffer.from(body), keys: [], properties: new Map() });

/**
 * Returns the messages of a request's body, read by RocketMQ's own layout: total length, three words, body length, body, properties length,
 * properties.
 */
export function decodeBody(request: Buffer): Array<{ body: Buffer; properties: string }> {
  const messages = [];
  for (let at = 0; at < request.length; at += request.readInt32BE(at)) {
    const bodyEnd = at + 20 + request.readInt32BE(at + 16);
    const propertiesEnd = bodyEnd + 2 + request.readUInt16BE(bodyEnd);
    messages.push({ body: request.subarray(at + 20, bodyEnd), properties: request.toString('utf8', bodyEnd + 2, propertiesEnd) });
  }
  return messages;
}

export const bodiesOf = (request: Buffer): string[] => decodeBody(request).map(({ body }) => body.toString());
