import type { ConnectorSpec } from '../../config/connector-spec.ts';
import type { StoredMessage } from '../../rocketmq/types.ts';
import type { DeadLetter } from '../planner-api.ts';
import { hindranceOf } from './hindrance.ts';
import type { Marks } from './marks.ts';
import { readLetter } from './read-letter.ts';

/** Returns a dead letter with what has become of it, and what stands in the way of a redrive. */
export async function withState(
  { direction }: Pick<ConnectorSpec, 'direction'>,
  queue: string,
  message: StoredMessage,
  marks: Marks,
): Promise<DeadLetter> {
  const read = readLetter(queue, message);
  const mark = await marks.of(queue, message);
  const hindrance = mark.state === 'open' ? hindranceOf(read, direction)?.message : undefined;
  return { ...read.letter, ...mark, ...(hindrance !== undefined && { hindrance }) };
}
