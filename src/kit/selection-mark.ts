import { createHash } from 'node:crypto';

/** Returns a short text that differs where the names of the selected topics differ, so that a task need not keep them all. */
export const selectionMark = (names: readonly string[]): string =>
  createHash('sha256').update(names.toSorted().join('\n')).digest('hex').slice(0, 16);
