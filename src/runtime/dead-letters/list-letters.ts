import pMap from 'p-map';
import { ConnectError } from '../../api/index.ts';
import type { ConnectorSpec } from '../../config/connector-spec.ts';
import type { TopicQueues } from '../../rocketmq/types.ts';
import type { DeadLetter, DeadLettersPage, DeadLettersRequest, LetterCursor } from '../planner-api.ts';
import { type MarkStore, Marks } from './marks.ts';
import { messagesFrom, type ScanPlace } from './messages-from.ts';
import { type LetterDeps, type OpenTopic, openTopic } from './open-topic.ts';
import { connectorOf } from './read-letter.ts';
import { letterAt } from './show-letter.ts';
import { withState } from './with-state.ts';

const QUEUES_AT_ONCE = 16;
/** One answer comes after so long, so that people see progress, and holds no more: a function's answer has a bound. */
const PAGE_MS = 3_000;
const PAGE_LETTERS = 1_000;
const MOST_NAMED = 1_000;

/**
 * Looks for dead letters of the connector in its dead-letter topic, from the cursor on, and answers with some of them. Nothing is consumed.
 * Throws as `openTopic` and `QueueMessages.next` do.
 */
export async function listLetters(
  spec: ConnectorSpec,
  { topic: other, since, until = Number.POSITIVE_INFINITY, cursor, places: named }: Omit<DeadLettersRequest, 'action' | 'connector'>,
  deps: LetterDeps & { readonly store: MarkStore },
): Promise<DeadLettersPage> {
  const { topic, queues, rocketmq } = await openTopic(spec, other, deps);
  try {
    const marks = await Marks.load(deps.store, spec.name, queues);
    if (named !== undefined) return await namedLetters(spec, named, { topic, queues, rocketmq }, marks);
    const { places, gone } = cursor === undefined ? await firstPlaces(queues, since) : { places: placesOf(cursor), gone: 0 };
    const letters: DeadLetter[] = [];
    const counts = { looked: 0, others: 0, unnamed: 0, missing: 0 };
    const end = Date.now() + PAGE_MS;
    for await (const { queue, messages, missing } of messagesFrom(queues, places)) {
      counts.missing += missing;
      for (const message of messages) {
        counts.looked += 1;
        const connector = connectorOf(message);
        if (connector === undefined) counts.unnamed += 1;
        else if (connector !== spec.name) counts.others += 1;
        else if (message.storedAt >= (since ?? 0) && message.storedAt <= until) letters.push(await withState(spec, queue, message, marks));
      }
      if (letters.length >= PAGE_LETTERS || Date.now() >= end) break;
    }
    const left = Object.values(places).reduce((sum, place) => sum + Math.max(0, place.end - place.next), 0);
    return { connector: spec.name, topic, letters, ...counts, gone, left, ...(left > 0 && { cursor: places }) };
  } finally {
    queues.close();
  }
}

async function namedLetters(spec: ConnectorSpec, named: readonly string[], opened: OpenTopic, marks: Marks): Promise<DeadLettersPage> {
  if (named.length > MOST_NAMED) {
    throw new ConnectError('CONFIG_INVALID', `places: ${named.length} are named`, { remedy: `name at most ${MOST_NAMED} at a time` });
  }
  const letters: DeadLetter[] = [];
  for (const place of new Set(named)) {
    const { queue, message } = await letterAt(spec.name, place, opened);
    letters.push(await withState(spec, queue, message, marks));
  }
  const none = { others: 0, unnamed: 0, missing: 0, gone: 0, left: 0 };
  return { connector: spec.name, topic: opened.topic, letters, looked: letters.length, ...none };
}

async function firstPlaces(queues: TopicQueues, since: number | undefined) {
  let gone = 0;
  const placeOf = async (name: string): Promise<readonly [string, ScanPlace]> => {
    const { min, max } = await queues.bounds(name);
    gone += min;
    const next = since === undefined ? min : Math.min(max, Math.max(min, await queues.at(name, since)));
    return [name, { next, end: max }];
  };
  const places = Object.fromEntries(await pMap(queues.names, placeOf, { concurrency: QUEUES_AT_ONCE }));
  return { places, gone };
}

const placesOf = (cursor: LetterCursor): Record<string, ScanPlace> =>
  Object.fromEntries(Object.entries(cursor).map(([name, place]) => [name, { ...place }]));
