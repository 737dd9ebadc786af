import type { SinkHarness } from './sink-harness.ts';

/** The same sink with `delivery: shared`, which writes again what was not acknowledged. */
export function sharingQueues({ exactlyOnce: _, ...harness }: SinkHarness): SinkHarness {
  return { ...harness, variant: 'shared', sharesQueues: true };
}
