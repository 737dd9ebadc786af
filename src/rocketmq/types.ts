export type { ShownMessage } from './shown-message.ts';
export type { StoredMessage } from './stored-message.ts';
export type * from './types/access.ts';
export type * from './types/peek.ts';
export * from './types/producer.ts';
export type * from './types/queue-checks.ts';
export * from './types/queues.ts';
export type * from './types/queues-module.ts';
