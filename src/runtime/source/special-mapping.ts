import type { SpecialTopic } from '../../rocketmq/types.ts';
import { type DeliveryOptions, DeliveryTimes } from './delivery-times.ts';
import { groupOf } from './message-group.ts';
import type { TopicMapping } from './topic-mapping.ts';

/** Returns what becomes of records in a FIFO or a DELAY topic: plain messages, with their group or their time of delivery. */
export function specialMapping(type: SpecialTopic, toMessage: TopicMapping['toMessage'], delivery: DeliveryOptions): TopicMapping {
  if (type === 'FIFO') return { groupOf, toMessage: (record) => ({ ...toMessage(record), group: groupOf(record) }) };
  const times = new DeliveryTimes(delivery);
  return {
    toMessage: (record) => ({ ...toMessage(record), deliverAt: times.of(record.headers) }),
    faultOf: ({ headers }) => times.faultIn(headers),
  };
}
