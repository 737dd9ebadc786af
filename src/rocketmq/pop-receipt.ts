import type { RemotingResponse } from './remoting/frame.ts';
import type { StoredMessage } from './stored-message.ts';

/** Identifies one delivery of a message, as an acknowledgement needs it. */
export interface PopReceipt {
  readonly broker: string;
  readonly queue: number;
  readonly offset: number;
  /** `0` for the topic itself, `1` and `2` for the topics in which RocketMQ keeps what was not acknowledged in time. */
  readonly retry: string;
  readonly startOffset: number;
  readonly popTime: number;
  readonly invisibleTime: number;
  readonly reviveQueue: number;
}

/** On a message that was handed out before, RocketMQ puts the receipt into a property of its own. */
const RECEIPT_PROPERTY = 'POP_CK';
const OWN_TOPIC = '0';

/** The receipts of the messages in an answer to POP_MESSAGE, in their order. */
export function receiptsOf(answer: RemotingResponse, messages: readonly StoredMessage[], broker: string): PopReceipt[] {
  const { startOffsetInfo = '', popTime, invisibleTime, reviveQid } = answer.fields;
  // retry flag, queue and first offset of each queue: `0 3 4711;0 5 17`
  const starts = new Map(startOffsetInfo.split(';').map((entry) => [entry.slice(0, entry.lastIndexOf(' ')), entry.split(' ')[2]]));
  return messages.map(({ queue, offset, properties }) => {
    const given = properties.get(RECEIPT_PROPERTY);
    if (given !== undefined) return parseReceipt(given);
    const startOffset = Number(starts.get(`${OWN_TOPIC} ${queue}`) ?? offset);
    const times = { popTime: Number(popTime), invisibleTime: Number(invisibleTime), reviveQueue: Number(reviveQid) };
    return { broker, queue, offset, retry: OWN_TOPIC, startOffset, ...times };
  });
}

function parseReceipt(text: string): PopReceipt {
  const [startOffset, popTime, invisibleTime, reviveQueue, retry = OWN_TOPIC, broker = '', queue, offset] = text.split(' ');
  const times = { popTime: Number(popTime), invisibleTime: Number(invisibleTime), reviveQueue: Number(reviveQueue) };
  return { broker, queue: Number(queue), offset: Number(offset), retry, startOffset: Number(startOffset), ...times };
}

/** The body of BATCH_ACK_MESSAGE for receipts of one broker: one entry, with a set of bits, for all that were handed out together. */
export function batchAck(group: string, topic: string, broker: string, receipts: readonly PopReceipt[]): Buffer {
  const together = Map.groupBy(receipts, ({ retry, queue, startOffset, popTime }) => `${retry} ${queue} ${startOffset} ${popTime}`);
  const acks = [...together.values()].map((some) => {
    const { retry, startOffset, queue, reviveQueue, popTime, invisibleTime } = some[0] as PopReceipt;
    const offsets = some.map(({ offset }) => offset - startOffset);
    return { c: group, t: topic, r: retry, so: startOffset, q: queue, rq: reviveQueue, pt: popTime, it: invisibleTime, b: bits(offsets) };
  });
  return Buffer.from(JSON.stringify({ brokerName: broker, acks }));
}

/** As Java's BitSet writes itself, in base64. */
function bits(positions: readonly number[]): string {
  const bytes = Buffer.alloc(Math.floor(Math.max(...positions) / 8) + 1);
  for (const position of positions) bytes[position >> 3] = (bytes[position >> 3] as number) | (1 << (position & 7));
  return bytes.toString('base64');
}
