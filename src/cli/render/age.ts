import type { ConnectorSummary } from '../../runtime/planner-api.ts';
import { duration } from './numbers.ts';

/** Returns how old data at the target may be, against how old it should be at most: `2 min 10 s of 5 min 0 s`. */
export function renderAge({ ageMs, targetMs }: Pick<ConnectorSummary, 'ageMs' | 'targetMs'>): string {
  if (ageMs === undefined) return '-';
  return targetMs === undefined ? duration(ageMs) : `${duration(ageMs)} of ${duration(targetMs)}`;
}
