import type { z } from 'zod';
import { issueIn } from '../../../config/issue.ts';
import { choice, section, text } from '../../../config/options.ts';
import { refineSinkOptions, SHARED, sinkOptions } from '../../../config/sink-options.ts';
import { connectionConfig, refineConnection } from '../protocol/connection-config.ts';
import { COMPRESSIONS } from '../protocol/produce/compressions.ts';

const { delivery: _delivery, ...queueOptions } = sinkOptions;
const { bootstrapServers, ...connection } = connectionConfig('sink');

/** The `sink` section of a file of type kafka-sink. */
export const kafkaSinkConfig = section(
  {
    bootstrapServers,
    topic: text({
      description:
        'Kafka topic to write, which must exist. `{{topic}}` in it stands for the name of the RocketMQ topic. The default is the topic of the same name.',
      pattern: /^([A-Za-z0-9._-]|\{\{topic\}\}){1,249}$/,
      expects: 'up to 249 letters, digits, ., _ and -, with or without {{topic}} among them',
      literal: true,
      example: 'from-rocketmq.{{topic}}',
    }).default('{{topic}}'),
    partition: text({
      description:
        "Which partition a record goes to. `key`: by its key, as Kafka's Java client has it (murmur2), and without a key as with `queue`. `queue`: by the number of its RocketMQ queue, so that one queue's records are in one partition. `header:NAME`: the number in the header of this name; a record without a number that the topic has is refused.",
      pattern: /^(key|queue|header:.{1,249})$/,
      expects: 'key, queue or header:NAME',
      literal: true,
      example: 'queue',
    }).default('key'),
    compression: choice(COMPRESSIONS, { description: 'How batches are compressed. Brokers keep them as they come.' }).default('none'),
    delivery: choice(['at-least-once', 'exactly-once', 'shared'], {
      description: `\`at-least-once\`: records may be written again after a failure. \`exactly-once\`: Kafka stores the position in the queue, in the transaction of the records, so that who reads committed records only sees each once. It needs brokers of Kafka 2.8 or newer, and more permissions. ${SHARED}`,
    }).default('at-least-once'),
    transactionalIdPrefix: text({
      description:
        'With what transactional ids begin for `exactly-once`, and the groups of the same names that keep positions; the name of the queue follows. Connectors of one name need one each, where they write to one cluster. The default is `connect-`, the name of the connector and a colon.',
      maxLength: 200,
      literal: true,
      example: 'prod-flights-to-kafka:',
    }).exactOptional(),
    ...queueOptions,
    ...connection,
  },
  { description: 'The Kafka side.' },
).superRefine((config, context) => {
  const issue = issueIn(context);
  refineConnection(config, 'sink', issue);
  refineSinkOptions(config, issue);
});

export type KafkaSinkConfig = z.output<typeof kafkaSinkConfig>;
