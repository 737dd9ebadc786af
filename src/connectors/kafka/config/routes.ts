import { ConnectError, type SourceRecord } from '../../../api/index.ts';
import { userHeaderName } from '../../../kit/index.ts';
import type { KafkaSourceConfig } from './config.ts';

export type RouteOptions = Pick<KafkaSourceConfig, 'topicMap' | 'topicTemplate' | 'tag' | 'tagHeader'>;

const TOPIC = '{{topic}}';
/** RocketMQ takes neither white space nor what separates the tags of a subscription. */
export const TAG = /^[^\s|]{1,255}$/;

/** The RocketMQ topic of a Kafka topic; undefined where it is that of the connector. */
export function targetOf({ topicMap = {}, topicTemplate }: RouteOptions, topic: string): string | undefined {
  // RocketMQ's names have no dots.
  return Object.hasOwn(topicMap, topic) ? topicMap[topic] : topicTemplate?.replaceAll(TOPIC, topic.replaceAll('.', '_'));
}

/** Gives a record of a Kafka topic its RocketMQ topic and tag. Undefined where neither is wanted. */
export function routeOf(options: RouteOptions, kafkaTopic: string): ((record: SourceRecord) => SourceRecord) | undefined {
  const { tag: fixed, tagHeader } = options;
  const topic = targetOf(options, kafkaTopic);
  const toTopic = topic === undefined ? {} : { topic };
  const toFixed = { ...toTopic, ...(fixed !== undefined && { tag: fixed }) };
  if (tagHeader === undefined) return topic === undefined && fixed === undefined ? undefined : (record) => ({ ...record, ...toFixed });
  const header = userHeaderName(tagHeader);
  return (record) => {
    const value = record.headers.findLast(({ name }) => name === header)?.value;
    if (!value || value.length === 0) return { ...record, ...toFixed };
    const tag = value.toString();
    return TAG.test(tag) ? { ...record, ...toTopic, tag } : { ...record, ...toTopic, refused: record.refused ?? noTag(record, tagHeader) };
  };
}

const noTag = ({ partition, id }: SourceRecord, header: string): ConnectError =>
  new ConnectError('RECORD_REFUSED', `partition ${partition}, record at offset ${id}: header ${header} is no tag`, {
    remedy: 'let its producer write 1 to 255 characters without white space and |, or take source.tagHeader out',
  });
