import type { Header } from '../api/record.ts';

/** A header of a system that knows types. `value`: its bytes, or its one usual text form; nested values as JSON text. */
export interface TypedHeader extends Header {
  /** The system's own name of the type: `int`, `boolean`, `table`. Absent: text, or bytes where it is not UTF-8. */
  readonly type?: string;
}

/**
 * Tells the types of the other headers, where they are not text: `{"attempt":"int"}`. A name that comes more than once has a list, in
 * their order, with null for text. Absent where all are text.
 */
export const HEADER_TYPES = 'header-types';

/** Connectors begin the names of headers that they add themselves with one of these. */
export const GIVEN_PREFIX = { rabbitmq: 'rabbitmq-', jms: 'jms-' } as const;

/** Stands before a user's name that would be taken for a given one, or for an escaped one. */
const ESCAPE = 'user:';
const MISTAKABLE = [ESCAPE, ...Object.values(GIVEN_PREFIX)];

/** The name under which a user's header travels, from whatever system: as it is, or escaped, `user:jms-type`. */
export const userHeaderName = (name: string): string =>
  name === HEADER_TYPES || MISTAKABLE.some((prefix) => name.startsWith(prefix)) ? ESCAPE + name : name;

/**
 * Headers as text and bytes that consumers read without this project, and with their types beside them, so that none is lost.
 * `given`: what the connector itself tells of a message; `users`: the user's own, whose names are escaped where one would be
 * taken for the other.
 */
export function typedHeaders(given: readonly TypedHeader[], users: readonly TypedHeader[]): Header[] {
  const plain: Header[] = [];
  let typed = false;
  for (const { name, value, type } of given) {
    plain.push({ name, value });
    typed ||= type !== undefined;
  }
  for (const { name, value, type } of users) {
    plain.push({ name: userHeaderName(name), value });
    typed ||= type !== undefined;
  }
  if (!typed) return plain;
  const types = typesOf([...given, ...users].map(({ type }, index) => ({ name: (plain[index] as Header).name, type })));
  return [...plain, { name: HEADER_TYPES, value: Buffer.from(JSON.stringify(types)) }];
}

function typesOf(
  headers: ReadonlyArray<{ readonly name: string; readonly type: string | undefined }>,
): Record<string, string | Array<string | null>> {
  const types = [...Map.groupBy(headers, ({ name }) => name)].flatMap(([name, same]) => {
    if (same.every(({ type }) => type === undefined)) return [];
    const [first] = same;
    return [[name, same.length === 1 ? (first?.type as string) : same.map(({ type }) => type ?? null)] as const];
  });
  return Object.fromEntries(types);
}

/**
 * Headers under the names that their users gave, for a system that has no given headers of its own: the inverse of `userHeaderName`. They stay as
 * they are where a connector added some of its own, which the users' would be taken for.
 */
export function withUserNames(headers: readonly Header[]): readonly Header[] {
  if (!headers.some(({ name }) => name.startsWith(ESCAPE)) || headers.some(({ name }) => isGiven(name))) return headers;
  return headers.map((header) => (header.name.startsWith(ESCAPE) ? { ...header, name: header.name.slice(ESCAPE.length) } : header));
}

const isGiven = (name: string): boolean => name === HEADER_TYPES || Object.values(GIVEN_PREFIX).some((prefix) => name.startsWith(prefix));
