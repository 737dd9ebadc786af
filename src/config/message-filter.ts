import type { ReadingOptions } from './reading-options.ts';
import { asList } from './text-list.ts';

/** Returns which messages a sink reads, references resolved; undefined where it reads all. Light: task functions load it. */
export function messageFilter({
  tags,
  filter,
}: Readonly<ReadingOptions>): { readonly tags: string[] } | { readonly sql: string } | undefined {
  if (tags !== undefined) return { tags: asList(tags) };
  return filter === undefined ? undefined : { sql: filter };
}
