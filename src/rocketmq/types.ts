export type * from './access.ts';
export type * from './peek-request.ts';
export type * from './queue-checks-module.ts';
export type * from './queues-module.ts';
export type * from './shared-queues.ts';
export type { ShownMessage } from './shown-message.ts';
export type { StoredMessage } from './stored-message.ts';
export * from './topic-producer.ts';
export * from './topic-queues.ts';
