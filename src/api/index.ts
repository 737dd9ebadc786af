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
export * from './assignment.ts';
export * from './check-within.ts';
export * from './client-cache.ts';
export * from './client-key.ts';
export * from './connector.ts';
export * from './did-you-mean.ts';
export * from './error-entry.ts';
export * from './errors.ts';
export * from './hash-text.ts';
export * from './logger.ts';
export * from './message-id.ts';
export * from './patience.ts';
export * from './receive-room.ts';
export * from './record.ts';
export * from './take-fairly.ts';
export * from './tls.ts';
export * from './typed-headers.ts';
export * from './until-aborted.ts';
export * from './untold-positions.ts';
