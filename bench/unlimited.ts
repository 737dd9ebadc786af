/** The bounds of a run that copies all there is. */
export const UNLIMITED = {
  maxRecords: 1e9,
  maxBytes: 1e12,
  maxDurationMs: 600_000,
  maxInFlightBytes: 16 * 1024 ** 2,
  checkpointIntervalMs: 10_000,
};
