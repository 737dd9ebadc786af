import type { ConnectorSummary } from '../../src/runtime/planner-api.ts';
import { span } from './times.ts';

/** Says what starts tasks by itself: `rate(5 minutes)`, or `within 5 min of new records`. Undefined where nothing does. */
export const startsText = ({ schedule, freshnessMs }: Pick<ConnectorSummary, 'schedule' | 'freshnessMs'>): string | undefined =>
  freshnessMs === undefined ? schedule : `within ${span(freshnessMs)} of new records`;
