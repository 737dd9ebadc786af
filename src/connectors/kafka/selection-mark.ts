import { createHash } from 'node:crypto';

/** A short text that differs where the names of the selected topics differ, so that a task need not keep them all. */
export function selectionMark(names: readonly string[]): string {
  return createHash('sha256').update(names.toSorted().join('\n')).digest('hex').slice(0, 16);
}
