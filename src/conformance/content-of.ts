import type { ConnectRecord } from '../api/index.ts';

/** Returns the parts of a record that the suite compares. They include its timestamp only where `wanted` has one. */
export const contentOf = ({ key, value, headers, timestamp }: ConnectRecord, wanted: ConnectRecord): ConnectRecord => ({
  key,
  value,
  headers: headers.toSorted((a, b) => a.name.localeCompare(b.name)),
  ...(wanted.timestamp !== undefined && timestamp !== undefined && { timestamp }),
});
