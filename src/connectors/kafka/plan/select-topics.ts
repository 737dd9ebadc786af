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
