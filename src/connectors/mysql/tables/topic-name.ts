import { ConnectError } from '../../../api/index.ts';
import { qualifiedName } from './table-name.ts';

/** What RocketMQ takes as the name of a topic. */
const TOPIC = /^[%|A-Za-z0-9_-]{1,127}$/;

/** The topic of a table's rows. Throws CONFIG_INVALID where RocketMQ takes no such name. */
export function topicName(template: string, database: string, table: string): string {
  const topic = template.replaceAll('{{database}}', database).replaceAll('{{table}}', table);
  if (TOPIC.test(topic)) return topic;
  throw new ConnectError(
    'CONFIG_INVALID',
    `source.topicTemplate: ${JSON.stringify(topic)} of table ${qualifiedName(database, table)} is no topic`,
    {
      remedy:
        'RocketMQ takes up to 127 letters, digits, _, -, % and |: leave the table out by source.excludeTables, or change the template',
    },
  );
}
