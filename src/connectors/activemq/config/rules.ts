import type { Issue } from '../../../config/issue.ts';
import { consumersOf, parseAddress, type Sources } from './consumers.ts';

/** What brokers would take for something else than it looks, or close the whole connection for. */
export function checkAddresses(config: Sources, issue: Issue): void {
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
  if (said.startsWith('temp-'))
    issue(path, 'is temporary: it belongs to one connection of another client', 'name a queue or topic that lasts');
  else if (said === 'topic' && kind === 'queue') issue(path, 'is a topic', 'name it in source.subscriptions');
  else if (said === 'queue' && kind === 'topic') issue(path, 'is a queue', 'name it in source.queues');
  else if (name.trim() === '') issue(path, 'is blank', 'name it');
  else if (/^::|::$/.test(name)) issue(path, 'has nothing on one side of ::', 'write address::queue');
}

const repeated = (names: readonly string[]): string | undefined => names.find((name, index) => names.indexOf(name) !== index);
