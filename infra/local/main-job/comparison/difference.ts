import type { ConnectRecord, Header } from '../../../../src/api/index.ts';
import type { ExpectedRecord } from './source.ts';

/** Returns the first part of the record that is not, byte for byte, what was expected. Returns undefined if all are equal. */
export function difference(expected: ExpectedRecord, actual: ConnectRecord): 'key' | 'value' | 'headers' | 'timestamp' | undefined {
  if (!sameBytes(expected.key, actual.key)) return 'key';
  if (!sameBytes(expected.value, actual.value)) return 'value';
  if (expected.timestamp !== actual.timestamp) return 'timestamp';
  const headers = byName(expected.headers.map(([name, value]) => ({ name, value })));
  const others = byName(actual.headers);
  const same =
    headers.length === others.length &&
    headers.every(({ name, value }, index) => name === others[index]?.name && sameBytes(value, others[index].value));
  return same ? undefined : 'headers';
}

function sameBytes(a: Buffer | null, b: Buffer | null): boolean {
  return a === null || b === null ? a === b : a.equals(b);
}

/** RocketMQ keeps the order of values with one name, but not that of different names. */
function byName(headers: readonly Header[]): Header[] {
  return headers.toSorted((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}
