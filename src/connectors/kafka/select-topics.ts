import type { KafkaClient } from './client.ts';
import type { KafkaSourceConfig } from './config.ts';
import type { Topic } from './topics.ts';

/** The topics that a configuration names or matches, as they are now, by name; one that can't be read has an `error`. */
export async function selectTopics(client: KafkaClient, { topics, topicsPattern }: KafkaSourceConfig): Promise<Topic[]> {
  const found = topicsPattern === undefined ? await client.inspect([...new Set(topics)]) : await matching(client, topicsPattern);
  return found.toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

async function matching(client: KafkaClient, pattern: string): Promise<Topic[]> {
  const whole = new RegExp(`^(?:${pattern})$`);
  return (await client.inspect(null)).filter(({ name, internal }) => !internal && !name.startsWith('__') && whole.test(name));
}
