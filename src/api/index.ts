/**
 * What a connector author sees. No I/O in this folder.
 *
 * connector    logical instance: the configuration of one data system; splits the work into task configs, names the task
 * task         copies a bounded batch between the system and RocketMQ, once per invocation
 * partition    smallest independently resumable piece of a source: a Kafka partition, a table, a queue
 * position     where to resume in a partition
 * record       one datum with key, value, headers and timestamp
 * generation   version of a plan
 * lease, epoch who may write a task's state, and the number that proves it
 * checkpoint   a durable write of positions
 * dead letter  a record that can't be delivered, kept with the reason
 */
export * from './client-cache.ts';
export * from './connector.ts';
export * from './errors.ts';
export * from './logger.ts';
export * from './record.ts';
export * from './sink-task.ts';
export * from './source-task.ts';
