import { isUtf8 } from 'node:buffer';
import { isDeepStrictEqual } from 'node:util';

/** Text, or base64 of what is none, with what it is. */
export type Content = string | { readonly base64: string } | null;

export type Headers = Readonly<Record<string, readonly Content[]>>;

/** A content that stands for any JSON of this value. */
export const jsonOf = (value: unknown): Content =>
  ({ asymmetricMatch: (text: unknown) => typeof text === 'string' && isDeepStrictEqual(JSON.parse(text), value) }) as unknown as Content;

/** A record as it must come into RocketMQ, whatever system it was in. */
export interface Travelling {
  readonly key: Content;
  readonly value: Content;
  /** Values of a name in their order. */
  readonly headers: Headers;
  /** ms since 1970 */
  readonly timestamp: number;
}

/** What a target's own client reads, as the tests compare it. */
export interface Arrived {
  readonly id?: unknown;
  readonly key?: Content;
  readonly value: unknown;
  readonly headers: Readonly<Record<string, unknown>>;
  /** ms since 1970 */
  readonly timestamp: number | undefined;
}

export function contentOf(bytes: Buffer | null): Content {
  if (bytes === null) return null;
  return isUtf8(bytes) ? bytes.toString() : { base64: bytes.toString('base64') };
}

export const grouped = (headers: ReadonlyArray<readonly [name: string, value: Buffer | null]>): Headers =>
  Object.fromEntries([...Map.groupBy(headers, ([name]) => name)].map(([name, same]) => [name, same.map(([, value]) => contentOf(value))]));

/** The header by which tests find a record's partition, and its place there: `2 17`. */
export const PLACE = 'place';

/** Records by partition, in the order in which they came. */
export function byPartition<R>(records: readonly R[], placeOf: (record: R) => string): Map<string, R[]> {
  return Map.groupBy(records, (record) => placeOf(record).split(' ')[0] as string);
}
