import type { SinkHarness } from './sink-harness.ts';

/** The same sink with `delivery: shared`. */
export const sharingQueues = (harness: SinkHarness): SinkHarness => ({ ...harness, variant: 'shared', sharesQueues: true });
