/** What a run needs of RocketMQ; see `RocketmqModule`. */
export { openProducer } from './open-producer.ts';
export { recordToMessage } from './record-mapping.ts';
