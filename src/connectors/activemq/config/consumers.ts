import type { LinkSpec } from '../protocol/amqp-link.ts';
import { parseAddress } from './address.ts';
import type { ActivemqSourceConfig } from './config.ts';

/** One consumer of a queue, or the one of a durable subscription. */
export interface ConsumerSpec extends LinkSpec {
  /** `orders`, `orders@1` where a queue has several consumers, `prices:copy` for a subscription. */
  readonly partition: string;
  /** The option that names it. */
  readonly option: 'source.queues' | 'source.subscriptions';
  /** Several consumers of this connector share the queue. */
  readonly shared: boolean;
  /** Under which names the broker keeps a subscription. */
  readonly durable?: {
    readonly clientId: string;
    readonly name: string;
    /** The configuration names a client id, so that the subscription may be another client's. */
    readonly ofOther: boolean;
    /** The user says that it has exactly this selector. */
    readonly takeOver: boolean;
  };
}

/** The part of a configuration that names them. */
export type Sources = Pick<ActivemqSourceConfig, 'queues' | 'subscriptions' | 'selector' | 'selectors' | 'consumersPerQueue'>;

/** What a configuration reads, one entry for each partition. */
export function consumersOf(config: Sources): ConsumerSpec[] {
  const { queues = [], subscriptions = [], selector, selectors = {}, consumersPerQueue } = config;
  const ofQueues = queues.flatMap((queue) => {
    const own = selectors[queue] ?? selector;
    const { name: address } = parseAddress(queue);
    return Array.from(
      { length: consumersPerQueue },
      (_, consumer): ConsumerSpec => ({
        partition: consumersPerQueue === 1 ? address : `${address}@${consumer}`,
        kind: 'queue',
        address,
        source: `queue ${address}`,
        option: 'source.queues',
        shared: consumersPerQueue > 1,
        ...(own !== undefined && { selector: own }),
      }),
    );
  });
  const ofTopics = subscriptions.map(({ topic, name, clientId, takeOver = false, selector: own = selector }): ConsumerSpec => {
    const { name: address } = parseAddress(topic);
    return {
      partition: `${address}:${name}`,
      kind: 'topic',
      address,
      source: `subscription ${name} of topic ${address}`,
      option: 'source.subscriptions',
      shared: false,
      ...(own !== undefined && { selector: own }),
      durable: { clientId: clientId ?? `rocketmq-connect-${name}`, name, ofOther: clientId !== undefined, takeOver },
    };
  });
  return [...ofQueues, ...ofTopics];
}
