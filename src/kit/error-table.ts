import type { Direction } from '../api/connector.ts';
import { ConnectError, type ErrorCode } from '../api/errors.ts';

/** What an error of a system means to a user. */
export interface ErrorEntry {
  readonly code: ErrorCode;
  /** Default false. */
  readonly retriable?: boolean;
  /** Follows the subject: `does not exist`. */
  readonly means: string;
  readonly remedy: string;
}

/** An error as a system, its client or Node gives it. */
export interface SystemError {
  /** The system's own name or number for it. */
  readonly code?: string | number | undefined;
  readonly message?: string | undefined;
}

/** One line of a table. `when`: the code of an error as text, a pattern that its message matches, or what tells in another way. */
export type ErrorRow<E extends SystemError = SystemError> = readonly [
  when: string | RegExp | ((error: E) => boolean),
  entry: ErrorEntry | ((error: E) => ErrorEntry),
];

/** What a system's errors mean to a user. The first row that an error fits counts. */
export type ErrorTable<E extends SystemError = SystemError> = ReadonlyArray<ErrorRow<E>>;

/** Rows of errors that their codes tell apart. */
export const byCode = (entries: Readonly<Record<string, ErrorEntry>>): ErrorTable => Object.entries(entries);

/** The last row of a table that has something to say of every error. */
export const anyOther = <E extends SystemError>(entry: ErrorRow<E>[1]): ErrorRow<E> => [() => true, entry];

/** Undefined where the table does not know the error. */
export function entryFor<E extends SystemError>(table: ErrorTable<E>, error: E): ErrorEntry | undefined {
  const entry = table.find(([when]) => fits(when, error))?.[1];
  return typeof entry === 'function' ? entry(error) : entry;
}

function fits<E extends SystemError>(when: ErrorRow<E>[0], error: E): boolean {
  if (typeof when === 'function') return when(error);
  return when instanceof RegExp ? when.test(error.message ?? '') : when === String(error.code);
}

/** `subject`: what the error is about, as `topic orders`. */
export const errorFrom = ({ code, retriable = false, means, remedy }: ErrorEntry, subject: string, cause?: unknown): ConnectError =>
  new ConnectError(code, `${subject} ${means}`, { retriable, remedy, cause });

/**
 * Keeps what is made for each section of a connector file. Remedies name options in full, and a source and a sink of one system have the
 * same options in two sections: `correct source.username`, `correct sink.username`.
 */
export function perSection<T>(make: (section: Direction) => T): (section: Direction) => T {
  const made: Partial<Record<Direction, T>> = {};
  return (section) => (made[section] ??= make(section));
}
