import type { KafkaSourceConfig } from './config.ts';

/** A date, or a date and time with its zone. */
export const isoTime = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2}))?$/;

/** What a partition that was never read starts at. */
export type Start = 'earliest' | 'latest' | { readonly timestamp: number } | { readonly offset: number };

/** `addedLater`: the partition came to its topic after the connector was first planned. */
export function startOf(startAt: KafkaSourceConfig['startAt'], partition: string, addedLater: boolean): Start {
  if (typeof startAt === 'string') return addedLater ? 'earliest' : startAt;
  if ('timestamp' in startAt) return { timestamp: new Date(startAt.timestamp).getTime() };
  const offset = startAt.offsets[partition];
  return offset === undefined ? 'earliest' : { offset: Number(offset) };
}
