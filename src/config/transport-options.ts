import type { z } from 'zod';
import { choice, text, timeSpan } from './options.ts';

const SECOND = 1000;
const DAY = 24 * 60 * 60 * SECOND;

/** Options of the `rocketmq` section about how RocketMQ is spoken to. */
export const transportOptions = {
  protocol: choice(['remoting', 'grpc'], {
    description:
      "How to speak to RocketMQ: `remoting` to a name server or a proxy's remoting port, `grpc` to a proxy's gRPC port (8081), for clusters that let clients in by nothing else. [Over gRPC](rocketmq-over-grpc.md) says what differs. Default: `remoting`.",
  }).exactOptional(),
};

/** Options of the `rocketmq` section of a source: in which order its messages are sent, and when consumers get them. */
export const sendingOptions = {
  order: choice(['partition', 'none'], {
    description:
      'Sources only: whether the records of a partition (of an ordering key, where the source has them) arrive in their order. Over gRPC, RocketMQ keeps order in topics of type FIFO only, so a topic of type NORMAL needs `none` there. Default: `partition`.',
  }).exactOptional(),
  deliverAfter: timeSpan({
    description:
      'Sources only, for topics of type DELAY: how long RocketMQ keeps each message before consumers get it. RocketMQ allows 3 days by default.',
    min: SECOND,
    max: 40 * DAY,
    example: '10 minutes',
  }).exactOptional(),
  deliverAtHeader: text({
    description:
      'Sources only, for topics of type DELAY: the header of a record that says when consumers get it, in ms since 1970 or as an ISO 8601 date with its time zone. A record without this header is delivered after `deliverAfter`, or at once. A record whose header is no time is refused.',
    example: 'deliver-at',
  }).exactOptional(),
};

export interface SendingOptions {
  readonly order?: 'partition' | 'none';
  readonly deliverAfter?: string;
  readonly deliverAtHeader?: string;
}

/** The rule for them that one option alone does not show. */
export function refineSending({ order, deliverAfter, deliverAtHeader }: SendingOptions, context: z.core.$RefinementCtx): void {
  if (order !== 'partition' || (deliverAfter === undefined && deliverAtHeader === undefined)) return;
  const params = { remedy: 'remove rocketmq.order' };
  const message = 'messages that are delivered later come in the order of their times';
  context.addIssue({ code: 'custom', path: ['order'], message, params });
}
