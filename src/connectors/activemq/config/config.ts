import * as z from 'zod';
import { type Issue, issueIn } from '../../../config/issue.ts';
import { flag, integer, list, section, text } from '../../../config/options.ts';
import { connectionConfig, refineConnection } from '../protocol/connection-config.ts';
import { mistypedPrefix, parseAddress } from './address.ts';
import { consumersOf, type Sources } from './consumers.ts';

const NAME_LENGTH = 400;

const selector = text({
  description: 'JMS selector: only messages that it is true for are copied, the others stay.',
  maxLength: 8_192,
  example: "color = 'red' AND weight > 2500",
});

const subscription = section(
  {
    topic: text({ description: 'Topic, also as `topic://prices`.', maxLength: NAME_LENGTH, example: 'prices' }),
    name: text({ description: 'Name of the durable subscription.', maxLength: 100, example: 'copy' }),
    clientId: text({
      description:
        'Client id that the subscription belongs to; with it, one that another client made is taken over. Default: `rocketmq-connect-` and the name.',
      maxLength: 200,
    }).exactOptional(),
    selector: selector.exactOptional(),
    takeOver: flag({
      description:
        'With `clientId`, on Classic: states that the subscription, where there is one, was made with exactly this selector, or without one. Classic deletes what waits in a subscription that is resumed with another selector, and can not be asked which it has.',
    }).exactOptional(),
  },
  { description: 'A durable subscription to a topic.' },
);

const { url, mechanism, username, password, ...connection } = connectionConfig('source');

/** The `source` section of a file of type activemq-source. */
export const activemqSourceConfig = section(
  {
    url,
    mechanism,
    username,
    password,
    queues: list(text({ description: 'Queues to copy.', maxLength: NAME_LENGTH, example: 'orders' }), {
      description: 'Queues to copy, also as `queue://orders`. Give this, `subscriptions`, or both.',
      example: ['orders'],
    }).exactOptional(),
    subscriptions: list(subscription, {
      description:
        'Durable subscriptions to topics, each with `topic` and `name`, and where wanted `selector` and `clientId`, the client id that it belongs to (default `rocketmq-connect-` and the name; with another one, the subscription of another client is taken over). The first run makes a subscription; from then on what is published between two runs is kept for the next.',
      example: [{ topic: 'prices', name: 'copy' }],
    }).exactOptional(),
    selector: selector.exactOptional(),
    selectors: z.record(z.string(), selector).exactOptional().meta({
      description: 'Selectors of single queues, instead of `selector`.',
      expects: 'selectors by queue: {orders: "weight > 2500"}',
    }),
    consumersPerQueue: integer({
      description: 'Consumers that share a queue, spread over the tasks. More than one gives up the order of its messages.',
      unit: 'none',
      min: 1,
      max: 64,
    }).default(1),
    ...connection,
  },
  { description: 'The ActiveMQ side.' },
).superRefine((config, context) => {
  const issue = issueIn(context);
  const { queues, subscriptions } = config;
  if (queues === undefined && subscriptions === undefined) issue(['queues'], 'missing', 'set it, or source.subscriptions');
  refineConnection(config, 'source', issue);
  for (const name of Object.keys(config.selectors ?? {})) {
    if (!queues?.includes(name)) issue(['selectors', name], 'not one of source.queues', 'correct or remove it');
  }
  checkAddresses(config, issue);
});

export type ActivemqSourceConfig = z.output<typeof activemqSourceConfig>;

/** Refuses names that a broker would understand in another way, or that make it close the whole connection. */
function checkAddresses(config: Sources, issue: Issue): void {
  const { queues = [], subscriptions = [] } = config;
  for (const [index, queue] of queues.entries()) checkName(queue, 'queue', ['queues', String(index)], issue);
  for (const [index, { topic }] of subscriptions.entries()) checkName(topic, 'topic', ['subscriptions', String(index), 'topic'], issue);
  const specs = consumersOf(config);
  const twice = repeated(specs.map(({ partition }) => partition));
  if (twice !== undefined) {
    const option = specs.find(({ partition }) => partition === twice)?.kind === 'queue' ? 'queues' : 'subscriptions';
    issue([option], `${twice} comes twice`, 'remove one of them');
  }
  // The broker keeps a subscription under these two: one for another topic would take its place, and delete what waits in it.
  const owned = repeated(specs.flatMap(({ durable }) => (durable === undefined ? [] : [`${durable.name} of client ${durable.clientId}`])));
  if (owned !== undefined && twice === undefined) {
    issue(['subscriptions'], `${owned} is named for two topics`, 'give each subscription a name of its own');
  }
}

function checkName(text: string, kind: 'queue' | 'topic', path: string[], issue: Issue): void {
  const { name, kind: said = kind } = parseAddress(text);
  const mistyped = mistypedPrefix(text);
  if (mistyped !== undefined) issue(path, `has ${mistyped} in its name`, `write ${mistyped.toLowerCase()}`);
  else if (said.startsWith('temp-'))
    issue(path, 'is temporary: it belongs to one connection of another client', 'name a queue or topic that lasts');
  else if (said === 'topic' && kind === 'queue') issue(path, 'is a topic', 'name it in source.subscriptions');
  else if (said === 'queue' && kind === 'topic') issue(path, 'is a queue', 'name it in source.queues');
  else if (name.trim() === '') issue(path, 'is blank', 'name it');
  else if (/^::|::$/.test(name)) issue(path, 'has nothing on one side of ::', 'write address::queue');
}

const repeated = (names: readonly string[]): string | undefined => names.find((name, index) => names.indexOf(name) !== index);
