import { ConnectError } from '../api/errors.ts';
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

/** What `typedHeaders` made one list of. */
export interface TypedParts {
  /** What a connector of this system told of the message, without the prefix: `routing-key`. Of a name that comes again, the last. */
  readonly given: ReadonlyMap<string, Buffer | null>;
  /** The types of those that have one. */
  readonly givenTypes: ReadonlyMap<string, string>;
  /** The user's own, by the names that they gave. */
  readonly users: readonly TypedHeader[];
}

/**
 * The inverse of `typedHeaders`, for a sink whose system has the given headers with this prefix. Where another system's connector gave some,
 * all are the user's, and stay as they are. Throws RECORD_REFUSED where `header-types` is not what it writes.
 */
export function readTypedHeaders(headers: readonly Header[], prefix: string): TypedParts {
  const given = new Map<string, Buffer | null>();
  const givenTypes = new Map<string, string>();
  const isOther = Object.values(GIVEN_PREFIX).some((other) => other !== prefix && headers.some(({ name }) => name.startsWith(other)));
  if (isOther) return { given, givenTypes, users: headers };
  const types = readTypes(headers.findLast(({ name }) => name === HEADER_TYPES)?.value);
  const users: TypedHeader[] = [];
  for (const { name, value } of headers) {
    if (name === HEADER_TYPES) continue;
    const type = types.get(name)?.shift() ?? undefined;
    if (name.startsWith(prefix)) {
      given.set(name.slice(prefix.length), value);
      if (type !== undefined) givenTypes.set(name.slice(prefix.length), type);
      continue;
    }
    const own = name.startsWith(ESCAPE) ? name.slice(ESCAPE.length) : name;
    users.push(type === undefined ? { name: own, value } : { name: own, value, type });
  }
  return { given, givenTypes, users };
}

/** The types of each name, in the order of its headers. */
function readTypes(text: Buffer | null | undefined): Map<string, Array<string | null>> {
  const types = new Map<string, Array<string | null>>();
  if (text === undefined || text === null) return types;
  try {
    for (const [name, type] of Object.entries(JSON.parse(text.toString()) as Record<string, unknown>)) {
      const listed: unknown[] = Array.isArray(type) ? type : [type];
      if (!listed.every((one) => one === null || typeof one === 'string')) throw new TypeError(`the type of ${name} is no text`);
      types.set(name, [...(listed as Array<string | null>)]);
    }
  } catch (error) {
    throw new ConnectError('RECORD_REFUSED', `its header ${HEADER_TYPES} can't be read: ${(error as Error).message}`, {
      remedy: 'let its producer write the types of headers by name, as {"attempt":"int32"}, or none',
    });
  }
  return types;
}
