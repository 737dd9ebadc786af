import type { z } from 'zod';
import { issueIn } from '../../../config/issue.ts';
import { milliseconds, section, text } from '../../../config/options.ts';
import { refineSinkOptions, sinkOptions } from '../../../config/sink-options.ts';
import { TEMPLATE_EXPECTS, TEMPLATE_PATTERN } from '../../../kit/index.ts';
import { connectionConfig, refineConnection, shortText } from '../protocol/connection-config.ts';

// Only queues are looked up there.
const { urls, managementUrl: _, ...connection } = connectionConfig('sink');

/** The `sink` section of a file of type rabbitmq-sink. */
export const rabbitmqSinkConfig = section(
  {
    urls,
    exchange: text({
      description:
        'Exchange to publish to, which must exist. The default is the default exchange, which routes to the queue that the routing key names. `{{topic}}`, `{{tag}}`, `{{key}}` and `{{header:NAME}}` in it stand for the name of the RocketMQ topic, and for tag, key and a header of each record; a record that has none is refused.',
      pattern: TEMPLATE_PATTERN,
      expects: TEMPLATE_EXPECTS,
      empty: true,
      example: 'orders',
    }).default(''),
    routingKey: text({
      description:
        'Routing key, with the same names in braces. The default is the name of the RocketMQ topic: with the default exchange, records go to the queue of that name.',
      pattern: TEMPLATE_PATTERN,
      expects: TEMPLATE_EXPECTS,
      empty: true,
      example: 'orders.{{tag}}',
    }).default('{{topic}}'),
    deduplicationHeader: shortText({
      description:
        'Header that gets the id of the record, which is the same each time it is written: the plugin `rabbitmq_message_deduplication` drops repeats by `x-deduplication-header`. Absent: none.',
      example: 'x-deduplication-header',
    }).exactOptional(),
    confirmTimeoutMs: milliseconds({
      description:
        'How long a node may confirm nothing of what was published: queues that wait for replicas or a disk, or an alarm of memory or disk. Then the write fails and is tried again.',
      min: 1_000,
      max: 300_000,
    }).prefault(20_000),
    ...sinkOptions,
    ...connection,
  },
  { description: 'The RabbitMQ side.' },
).superRefine((config, context) => {
  const issue = issueIn(context);
  refineConnection(config, 'sink', issue);
  refineSinkOptions(config, issue);
});

export type RabbitmqSinkConfig = z.output<typeof rabbitmqSinkConfig>;
