import { type ClientCache, ConnectError } from '../../api/index.ts';
import type { ConnectorSpec } from '../../config/connector-spec.ts';
import type { LettersModule, TopicQueues } from '../../rocketmq/types.ts';
import type { ResolveSecrets } from '../run/contracts.ts';

export interface LetterDeps {
  readonly resolveSecrets: ResolveSecrets;
  readonly loadLetters: () => Promise<LettersModule>;
  readonly clients: ClientCache;
}

export interface OpenTopic {
  readonly topic: string;
  readonly queues: TopicQueues;
  readonly rocketmq: LettersModule;
}

/**
 * Opens the dead-letter topic of a connector, or `other`, where it had another one before. Throws WRONG_STATE where it has none, NOT_FOUND
 * where RocketMQ has no such topic, and as `openQueues` does.
 */
export async function openTopic(
  { name, errors, rocketmq: access }: Pick<ConnectorSpec, 'name' | 'errors' | 'rocketmq'>,
  other: string | undefined,
  { resolveSecrets, loadLetters, clients }: LetterDeps,
): Promise<OpenTopic> {
  const topic = other ?? errors.deadLetterTopic;
  if (topic === undefined) {
    throw new ConnectError('WRONG_STATE', `connector ${name} has no dead-letter topic: its errors.tolerance is ${errors.tolerance}`, {
      remedy: 'name the topic that it had before with --topic, or set errors.tolerance to dead-letter and errors.deadLetterTopic',
    });
  }
  const rocketmq = await loadLetters();
  const { rocketmq: resolved } = await resolveSecrets({ rocketmq: access });
  const option = other === undefined ? 'errors.deadLetterTopic' : 'topic';
  return { topic, rocketmq, queues: await rocketmq.openQueues(resolved, { names: [topic], option }, clients) };
}
