import type { ActivemqSourceConfig } from './config.ts';

/** One consumer of a queue, or the one of a durable subscription. */
export interface ConsumerSpec {
  /** `orders`, `orders@1` where a queue has several consumers, `prices:copy` for a subscription. */
  readonly partition: string;
  readonly kind: 'queue' | 'topic';
  /** Name of the queue or topic. */
  readonly address: string;
  /** The option that names it. */
  readonly option: 'source.queues' | 'source.subscriptions';
  readonly selector?: string;
  /** Under which names the broker keeps a subscription. */
  readonly durable?: { readonly clientId: string; readonly name: string };
}

type Sources = Pick<ActivemqSourceConfig, 'queues' | 'subscriptions' | 'selector' | 'selectors' | 'consumersPerQueue'>;

/** What a configuration reads, one entry for each partition. */
export function consumersOf(config: Sources): ConsumerSpec[] {
  const { queues = [], subscriptions = [], selector, selectors = {}, consumersPerQueue } = config;
  const ofQueues = queues.flatMap((address) => {
    const own = selectors[address] ?? selector;
    return Array.from(
      { length: consumersPerQueue },
      (_, consumer): ConsumerSpec => ({
        partition: consumersPerQueue === 1 ? address : `${address}@${consumer}`,
        kind: 'queue',
        address,
        option: 'source.queues',
        ...(own !== undefined && { selector: own }),
      }),
    );
  });
  const ofTopics = subscriptions.map(
    ({ topic, name, clientId, selector: own = selector }): ConsumerSpec => ({
      partition: `${topic}:${name}`,
      kind: 'topic',
      address: topic,
      option: 'source.subscriptions',
      ...(own !== undefined && { selector: own }),
      durable: { clientId: clientId ?? `rocketmq-connect-${name}`, name },
    }),
  );
  return [...ofQueues, ...ofTopics];
}
