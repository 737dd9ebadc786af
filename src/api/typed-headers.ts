import type { Header } from './record.ts';

/** A header of a system that knows types. `value`: its bytes, or its one usual text form; nested values as JSON text. */
export interface TypedHeader extends Header {
  /** The system's own name of the type: `int`, `boolean`, `table`. Absent: text, or bytes where it is not UTF-8. */
  readonly type?: string;
}

/** Tells the types of the other headers, where they are not text: `{"attempt":"int"}`. Absent where all are. */
export const HEADER_TYPES = 'header-types';

/**
 * Headers as text and bytes that consumers read without this project, and with their types beside them, so that none is lost.
 * A header of the user's that is called `header-types`, too, comes before this one.
 */
export function typedHeaders(headers: readonly TypedHeader[]): Header[] {
  const types = headers.flatMap(({ name, type }) => (type === undefined ? [] : [[name, type] as const]));
  const plain = headers.map(({ name, value }) => ({ name, value }));
  if (types.length === 0) return plain;
  return [...plain, { name: HEADER_TYPES, value: Buffer.from(JSON.stringify(Object.fromEntries(types))) }];
}
