/** Stands for the RocketMQ topic's name. */
const TOPIC = '{{topic}}';

/** The Kafka topic of records of a RocketMQ topic. */
export const targetTopic = (template: string, rocketmqTopic: string): string => template.replaceAll(TOPIC, rocketmqTopic);

/** Whether Kafka can have a topic of this name. */
export const isTopicName = (name: string): boolean => /^[A-Za-z0-9._-]{1,249}$/.test(name) && name !== '.' && name !== '..';
