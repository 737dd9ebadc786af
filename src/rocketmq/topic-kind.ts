import { ConnectError } from '../api/index.ts';
import type { RocketmqConfig, SpecialTopic } from './types.ts';

/** Topics of these types take plain messages. A topic that never got a type is NORMAL to RocketMQ. */
const PLAIN_TYPES = new Set(['NORMAL', 'UNSPECIFIED', 'MIXED']);

/** Returns the option that wants messages to be delivered later; undefined where none does. */
export function laterOption({ deliverAfter, deliverAtHeader, plainOnly }: RocketmqConfig): string | undefined {
  if (plainOnly === true) return undefined;
  if (deliverAfter !== undefined) return 'rocketmq.deliverAfter';
  return deliverAtHeader === undefined ? undefined : 'rocketmq.deliverAtHeader';
}

/**
 * Returns what the configuration makes of a topic of message type `type`, by RocketMQ's name; undefined for plain messages. Where the
 * type is unknown (undefined), the configuration alone decides. Throws WRONG_KIND where the two do not go together. `topic` has its
 * namespace.
 */
export function kindOf(type: string | undefined, config: RocketmqConfig, topic: string): SpecialTopic | undefined {
  const later = laterOption(config);
  if (type === undefined || type === 'MIXED') return later === undefined ? undefined : 'DELAY';
  if (PLAIN_TYPES.has(type)) {
    if (later === undefined) return undefined;
    throw wrongKind(`topic ${topic} is of message type ${type}, which RocketMQ delivers at once, but ${later} is set`, {
      remedy: `remove ${later}, or name a topic of message type DELAY: mqadmin updateTopic ... -a +message.type=DELAY`,
    });
  }
  if (config.plainOnly === true || (type !== 'FIFO' && type !== 'DELAY')) {
    throw wrongKind(`topic ${topic} is for messages of type ${type}, not for plain ones`, {
      remedy: 'name a topic of message type NORMAL: mqadmin updateTopic ... -a +message.type=NORMAL',
    });
  }
  if (type === 'DELAY') {
    if (later !== undefined) return 'DELAY';
    throw wrongKind(`topic ${topic} is of message type DELAY, and no option says when its messages are delivered`, {
      remedy: 'set rocketmq.deliverAfter or rocketmq.deliverAtHeader, or name a topic of message type NORMAL',
    });
  }
  if (later !== undefined) {
    throw wrongKind(`topic ${topic} is of message type FIFO, which RocketMQ delivers at once, but ${later} is set`, {
      remedy: `remove ${later}, or name a topic of message type DELAY`,
    });
  }
  if (config.order === 'none') {
    throw wrongKind(`topic ${topic} is of message type FIFO, which keeps order, but rocketmq.order is none`, {
      remedy: 'remove rocketmq.order, or name a topic of message type NORMAL',
    });
  }
  return 'FIFO';
}

const wrongKind = (message: string, options: { readonly remedy: string }) =>
  new ConnectError('WRONG_KIND', `rocketmq.topic: ${message}`, options);
