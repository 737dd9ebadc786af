import { ConnectError } from '../../api/index.ts';
import type { ConnectorSpec } from '../../config/connector-spec.ts';
import { MissingMessages, type StoredMessage, type TopicQueues } from '../../rocketmq/types.ts';
import type { ShownLetter } from '../planner-api.ts';
import { type MarkStore, Marks } from './marks.ts';
import { type LetterDeps, type OpenTopic, openTopic } from './open-topic.ts';
import { type LetterPlace, parsePlace, placeText } from './place.ts';
import { connectorOf } from './read-letter.ts';
import { withState } from './with-state.ts';

/** A function's answer has a bound of 6 MB, and base64 or escapes make the value longer. */
const MAX_VALUE_BYTES = 2 * 1024 * 1024;

/** Shows one dead letter whole. Throws NOT_FOUND where there is none of the connector at the place, and as `openTopic` does. */
export async function showLetter(
  spec: ConnectorSpec,
  { place, topic: other }: { readonly place: string; readonly topic?: string },
  deps: LetterDeps & { readonly store: MarkStore },
): Promise<ShownLetter> {
  const opened = await openTopic(spec, other, deps);
  const { topic, queues, rocketmq } = opened;
  try {
    const { queue, message } = await letterAt(spec.name, place, opened);
    const marks = await Marks.load(deps.store, spec.name, queues);
    const letter = await withState(spec, queue, message, marks);
    return { ...letter, deadLetterTopic: topic, message: rocketmq.showMessage(message, MAX_VALUE_BYTES) };
  } finally {
    queues.close();
  }
}

/** Reads a dead letter of the connector. Throws NOT_FOUND where there is none at the place. */
export async function letterAt(connector: string, place: string, { topic, queues }: OpenTopic) {
  const at = parsePlace(place, topic, queues.names);
  const message = await messageAt(queues, at);
  const owner = connectorOf(message);
  if (owner === connector) return { queue: at.queue, message };
  const what = owner === undefined ? 'no dead letter of any connector' : `a dead letter of connector ${owner}`;
  throw new ConnectError('NOT_FOUND', `place: the message at ${placeText(at)} of topic ${topic} is ${what}`, {
    remedy: `see \`rocketmq-connect dlq list ${connector}\``,
  });
}

/** Reads one message. Throws NOT_FOUND where there is none. */
export async function messageAt(queues: TopicQueues, { queue, offset }: LetterPlace): Promise<StoredMessage> {
  try {
    const [message] = (await queues.read(queue, { from: offset, to: offset + 1, maxBytes: 1 }).next()) ?? [];
    if (message !== undefined) return message;
  } catch (error) {
    if (!(error instanceof MissingMessages)) throw error;
  }
  const { min, max } = await queues.bounds(queue, offset);
  const why = offset < min ? "RocketMQ's retention has removed it" : `the queue ends before offset ${max}`;
  throw new ConnectError('NOT_FOUND', `place: there is no message at ${placeText({ queue, offset })}: ${why}`, {
    remedy: 'see `dlq list` for the places there are',
  });
}
