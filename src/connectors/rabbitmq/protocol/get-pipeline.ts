import type { Channel, GetMessage } from 'amqplib';
import { type InnerReply, innerChannel } from './amqplib-internals.ts';

/** AMQP's numbers of methods, as the client writes them: class, then method. */
const BASIC_GET = 0x3c0046;
const BASIC_GET_OK = 0x3c0047;
const BASIC_GET_EMPTY = 0x3c0048;
const CHANNEL_CLOSE = 0x140028;

/**
 * Lets `channel.get` send each request at once. The client would wait for one answer before it sends the next request, so that a queue
 * gives one message a round trip. The server answers the requests of a channel in their order.
 */
export function pipelineGets(channel: Channel): void {
  const wire = innerChannel(channel);
  const waiting: InnerReply[] = [];
  const sendOrEnqueue = wire.sendOrEnqueue.bind(wire);
  const accept = wire.accept.bind(wire);
  wire.sendOrEnqueue = (method, fields, reply) => {
    if (method !== BASIC_GET) return sendOrEnqueue(method, fields, reply);
    waiting.push(reply);
    wire.sendImmediately(method, fields);
  };
  wire.accept = (frame) => {
    if (frame.id === BASIC_GET_OK || frame.id === BASIC_GET_EMPTY) wire.reply = waiting.shift() ?? null;
    if (frame.id === CHANNEL_CLOSE) for (const reply of waiting.splice(0)) reply(frame);
    return accept(frame);
  };
  // From its own close on, the client takes no more answers; on a lost connection, none come.
  channel.once('close', () => {
    for (const reply of waiting.splice(0)) reply(new Error('the channel was closed before the answer came'));
  });
}

/** What a request for a message brings: false where the queue has none. */
export type Got = GetMessage | false;
