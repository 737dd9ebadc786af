import { createHash } from 'node:crypto';
import { wholeMatcher } from '../../../config/linear-pattern.ts';
import type { KafkaSourceConfig } from '../config/config.ts';
import type { KafkaClient } from '../protocol/client.ts';
import type { Topic } from '../protocol/topics.ts';

type Selection = Pick<KafkaSourceConfig, 'topics' | 'topicsPattern' | 'excludeTopicsPattern'>;

/** The topics that a configuration names or matches, as they are now, by name; one that can't be read has an `error`. */
export async function selectTopics(client: KafkaClient, selection: Selection): Promise<Topic[]> {
  const found =
    selection.topicsPattern === undefined ? await client.inspect([...new Set(selection.topics)]) : await matching(client, selection);
  return found.toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

async function matching(client: KafkaClient, { topicsPattern = '', excludeTopicsPattern }: Selection): Promise<Topic[]> {
  const wanted = wholeMatcher(topicsPattern);
  const unwanted = excludeTopicsPattern === undefined ? () => false : wholeMatcher(excludeTopicsPattern);
  return (await client.inspect(null)).filter(
    ({ name, internal }) => !internal && !name.startsWith('__') && wanted(name) && !unwanted(name),
  );
}

/** A short text that differs where the names of the selected topics differ, so that a task need not keep them all. */
export function selectionMark(names: readonly string[]): string {
  return createHash('sha256').update(names.toSorted().join('\n')).digest('hex').slice(0, 16);
}
