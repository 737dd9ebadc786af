import type { AttributeValue } from '@aws-sdk/client-dynamodb';

/** Numbers take half a byte for each significant digit, a list or map three bytes and each of its members one more. */
const NUMBER_BYTES = 1;
const COLLECTION_BYTES = 3;

/** Returns the size of an item as DynamoDB counts it: names and values, as its developer guide describes. It bills writes by it. */
export const itemBytes = (item: Readonly<Record<string, AttributeValue>>): number =>
  Object.entries(item).reduce((sum, [name, value]) => sum + Buffer.byteLength(name) + valueBytes(value), 0);

function valueBytes({ S, N, B, M, L, SS }: AttributeValue): number {
  if (S !== undefined) return Buffer.byteLength(S);
  if (N !== undefined) return NUMBER_BYTES + Math.ceil(significantDigits(N) / 2) + (N.startsWith('-') ? 1 : 0);
  if (B !== undefined) return B.length;
  if (SS !== undefined) return SS.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
  if (M !== undefined) return COLLECTION_BYTES + Object.keys(M).length + itemBytes(M);
  if (L !== undefined) return COLLECTION_BYTES + L.length + L.reduce((sum, each) => sum + valueBytes(each), 0);
  // BOOL and NULL
  return 1;
}

const significantDigits = (number: string): number => number.replace(/^-?0*|\./g, '').replace(/0+$/, '').length;
