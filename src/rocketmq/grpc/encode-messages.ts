import { delayProblem } from '../delay-lane.ts';
import { fifoProblem } from '../fifo-encoding.ts';
import { problem } from '../limits.ts';
import { MAX_BODY_BYTES, type RequestBody } from '../request-body.ts';
import type { Encoding } from '../send-lane.ts';
import type { MessageList, OutgoingMessage, SpecialTopic } from '../types.ts';
import { topicFieldOf } from './alike-fields.ts';
import { fewProperties } from './few-properties.ts';
import { MessageWriter } from './message-writer.ts';
import { shortGroup } from './short-group.ts';

/** A proxy makes objects of all messages of a request before it stores one. With 2,048 of them its garbage collector halves its pace. */
const MAX_MESSAGES = 512;
/** Later messages may be a little longer than the one that memory is asked for. */
const SPARE = 1.1;

/**
 * Returns how the messages of a topic become SendMessageRequests. The proxy keeps the group of a FIFO topic and the time of a DELAY topic only
 * where a request holds one message. Our own encoder, as for the remoting protocol: those of the libraries take four times as long.
 */
export function grpcEncoding(topic: string, type: SpecialTopic | undefined): Encoding {
  const problemOf = problemsOf(type);
  const topicField = topicFieldOf(topic);
  const atMost = type === undefined ? MAX_MESSAGES : 1;
  return {
    problem: (message, maxBytes) => problemOf(forProxy(message), maxBytes),
    encode: (messages, from, end, maxBytes) => {
      const writer = new MessageWriter(topicField, type);
      const given: MessageList = { length: messages.length, at: (index) => forProxy(messages.at(index) as OutgoingMessage) };
      const mayBeSent = (message: OutgoingMessage): boolean => problemOf(message, maxBytes) === undefined;
      return encode(given, from, Math.min(end, from + atMost), mayBeSent, Math.min(MAX_BODY_BYTES, maxBytes), writer);
    },
  };
}

/** Returns the message as a proxy takes it, whose limits are lower than those of a broker. */
function forProxy(message: OutgoingMessage): OutgoingMessage {
  const properties = fewProperties(message.properties);
  const group = message.group === undefined ? undefined : shortGroup(message.group);
  if (properties === message.properties && group === message.group) return message;
  return { ...message, properties, ...(group !== undefined && { group }) };
}

function problemsOf(type: SpecialTopic | undefined): Encoding['problem'] {
  if (type === undefined) return problem;
  return type === 'FIFO' ? fifoProblem : delayProblem;
}

function encode(
  messages: MessageList,
  from: number,
  end: number,
  mayBeSent: (message: OutgoingMessage) => boolean,
  maxBytes: number,
  writer: MessageWriter,
): RequestBody {
  let out: Buffer = Buffer.alloc(0);
  let used = 0;
  let next = from;
  for (; next < end; next += 1) {
    const message = messages.at(next) as OutgoingMessage;
    if (!mayBeSent(message)) break;
    const size = writer.size(message);
    if (used + size > maxBytes && next > from) break;
    if (used + size > out.length) {
      const wanted = Math.min(used + Math.ceil(size * SPARE) * (end - next), maxBytes);
      const grown = Buffer.allocUnsafeSlow(Math.max(used + size, wanted));
      out.copy(grown, 0, 0, used);
      out = grown;
    }
    used = writer.write(out, used, message);
  }
  return { body: out.subarray(0, used), count: next - from };
}
