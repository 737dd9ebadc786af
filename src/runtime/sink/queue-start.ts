import { ConnectError, type Position } from '../../api/index.ts';
import type { MissingMessages, TopicQueues } from '../../rocketmq/types.ts';
import { parsePosition } from './queue-position.ts';

/** What a run reads of a queue. */
export interface QueueShare {
  /** Offset of the first message to read. */
  readonly from: number;
  /** The end of the queue as it was when the run began: the offset behind the last message. */
  readonly to: number;
  /** Why the queue does not go on where it was: `onOffsetLost` lets it. */
  readonly lost?: string;
}

export type OnOffsetLost = 'fail' | 'earliest';

/**
 * Finds what of a queue is to be read. Without a position it begins with the first message that is there. It costs one request, two where
 * there is something to read. Throws POSITION_LOST where the messages behind the position are not there any more, and as
 * `TopicQueues.bounds` does.
 */
export async function queueStart(
  queues: TopicQueues,
  name: string,
  position: Position | undefined,
  onLost: OnOffsetLost,
): Promise<QueueShare> {
  const known = position === undefined ? undefined : parsePosition(position);
  const { min, max } = await queues.bounds(name, known?.offset);
  if (known === undefined) return { from: min, to: max };
  const { offset, storedAt } = known;
  const problem = offset > max ? endsBefore(offset, max) : offset < min ? deleted(offset, min) : undefined;
  const isOther = problem === undefined && offset > min && offset < max && storedAt !== undefined;
  const lost = problem ?? (isOther && (await queues.storedAt(name, offset - 1)) !== storedAt ? madeAgain(offset) : undefined);
  if (lost === undefined) return { from: offset, to: max };
  if (onLost === 'fail') throw positionLost(name, lost, min, offset > max ? 'name an offset that is there by `offsets alter`; or ' : '');
  return { from: min, to: max, lost: `queue ${name}: ${lost}; it goes on at offset ${min}, as sink.onOffsetLost says` };
}

/** What to say of messages that are missing between others; see `onOffsetLost`. */
export function gapIn(name: string, { from, to }: MissingMessages, onLost: OnOffsetLost): ConnectError | string {
  const problem = deleted(from, to);
  if (onLost === 'fail') return positionLost(name, problem, to);
  return `queue ${name}: ${problem}; it goes on at offset ${to}, as sink.onOffsetLost says`;
}

const deleted = (from: number, to: number): string =>
  `RocketMQ no longer has the messages at offsets ${from} to ${to - 1}; its retention has removed them`;

const endsBefore = (offset: number, max: number): string =>
  `the queue ends at offset ${max}, before ${offset}, where it goes on: the topic was made again, or RocketMQ has lost messages`;

const madeAgain = (offset: number): string => `the message before offset ${offset} is not the one that was read: the topic was made again`;

const positionLost = (name: string, problem: string, min: number, orElse = ''): ConnectError =>
  new ConnectError('POSITION_LOST', `queue ${name}: ${problem}`, {
    remedy: `${orElse}set sink.onOffsetLost to earliest and apply the file, to go on at offset ${min} without what is missing`,
  });
