import type { ConnectError, SourceRecord } from '../../api/index.ts';
import type { OutgoingMessage, TopicProducer } from '../../rocketmq/types.ts';
import type { DeliveryOptions } from './delivery-times.ts';

/** What becomes of records that go to one topic. */
export interface TopicMapping {
  /** Called only with a record of which `faultOf` says nothing. */
  readonly toMessage: (record: SourceRecord) => OutgoingMessage;
  /** Says why the topic can't take the record. Absent: it takes all that RocketMQ takes. */
  readonly faultOf?: (record: SourceRecord) => ConnectError | undefined;
  /** Returns the message group of a record; absent where the topic has none. */
  readonly groupOf?: (record: SourceRecord) => string;
}

/** Returns what becomes of records in a topic. `toMessage` makes plain messages, to which topics that are not plain ones add something. */
export async function mappingTo(
  { topicType }: Pick<TopicProducer, 'topicType'>,
  toMessage: TopicMapping['toMessage'],
  delivery: DeliveryOptions = {},
): Promise<TopicMapping> {
  if (topicType === undefined) return { toMessage };
  return (await import('./special-mapping.ts')).specialMapping(topicType, toMessage, delivery);
}
