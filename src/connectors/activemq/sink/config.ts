import type { z } from 'zod';
import { issueIn } from '../../../config/issue.ts';
import { choice, milliseconds, section, text } from '../../../config/options.ts';
import { refineSinkOptions, sinkOptions } from '../../../config/sink-options.ts';
import { TEMPLATE_EXPECTS, TEMPLATE_PATTERN } from '../../../kit/index.ts';
import { mistypedPrefix } from '../config/address.ts';
import { connectionConfig, refineConnection } from '../protocol/connection-config.ts';

const { url, mechanism, username, password, ...connection } = connectionConfig('sink');

/** The `sink` section of a file of type activemq-sink. */
export const activemqSinkConfig = section(
  {
    url,
    mechanism,
    username,
    password,
    destination: text({
      description:
        'Queue to write, also as `queue://orders`, or topic, `topic://prices`. `{{topic}}`, `{{tag}}`, `{{key}}` and `{{header:NAME}}` in it stand for the name of the RocketMQ topic, and for tag, key and a header of each record; a record that has none is refused. The default is the queue of the name of the topic.',
      pattern: TEMPLATE_PATTERN,
      expects: TEMPLATE_EXPECTS,
      example: 'topic://prices.{{tag}}',
    }).default('{{topic}}'),
    messageType: choice(['bytes', 'text'], {
      description:
        'What becomes of records that did not come from ActiveMQ: messages of bytes, or of text, which refuse what is not UTF-8. Those that came from there are of the kind that they were.',
    }).default('bytes'),
    confirmTimeoutMs: milliseconds({
      description:
        'How long the broker may take nothing: it settles no message and gives no credit, because a queue is full or a disk is slow. Then the write fails and is tried again.',
      min: 1_000,
      max: 300_000,
    }).prefault(20_000),
    ...sinkOptions,
    ...connection,
  },
  { description: 'The ActiveMQ side.' },
).superRefine((config, context) => {
  const issue = issueIn(context);
  refineConnection(config, 'sink', issue);
  refineSinkOptions(config, issue);
  const mistyped = mistypedPrefix(config.destination);
  if (mistyped !== undefined) {
    issue(['destination'], `has ${mistyped} in its name`, `write ${mistyped.toLowerCase()}`);
  } else if (config.destination.startsWith('temp-')) {
    issue(['destination'], 'is temporary: it belongs to one connection of another client', 'name a queue or topic that lasts');
  }
});

export type ActivemqSinkConfig = z.output<typeof activemqSinkConfig>;
