/** What a run needs of RocketMQ; see `RocketmqModule`. */
export { recordToMessage } from '../rocketmq/record-mapping.ts';
export { openProducer } from './open-producer.ts';
