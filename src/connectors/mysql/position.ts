import { ConnectError, type Position } from '../../api/index.ts';

/** The one partition of a server's binary log. */
export const STREAM = 'stream';

/** A place in the log of one server. */
export interface LogPlace {
  /** `binlog.000012` */
  readonly file: string;
  readonly offset: number;
}

/** Between two transactions: those that are done, by GTIDs (valid on every server that has them), or a place in one server's log. */
export type Boundary = { readonly gtids: string } | LogPlace;

/** Where to resume: behind the first `rows` rows of the transaction that follows the boundary. */
export interface StreamPosition {
  readonly boundary: Boundary;
  readonly inside?: {
    readonly rows: number;
    /** And behind so many records of the next one. */
    readonly records: number;
    /** Of the transaction; empty where the log has none, and where it begins where only others have one. */
    readonly gtid: string;
    /** Of the options by which rows and records were counted: with another one the transaction is read from its beginning. */
    readonly selection: string;
  };
}

/** `gtid:0-1-42`, `file:binlog.000012:4711`, and inside a transaction `gtid:0-1-42+1000.0/0-1-43/5f3a7c01`. */
export function formatBoundary(boundary: Boundary): Position {
  return 'gtids' in boundary ? `gtid:${boundary.gtids}` : `file:${boundary.file}:${boundary.offset}`;
}

const FORM =
  /^(?:gtid:(?<gtids>[^+]*)|file:(?<file>[^:+]+):(?<offset>\d+))(?:\+(?<rows>\d+)\.(?<records>\d)\/(?<gtid>[^/]*)\/(?<selection>\w+))?$/;

export function parsePosition(text: Position): StreamPosition {
  const { gtids, file, offset, rows, records, gtid = '', selection = '' } = FORM.exec(text)?.groups ?? {};
  if (gtids === undefined && file === undefined)
    throw new ConnectError('INTERNAL', `stored position ${JSON.stringify(text.slice(0, 200))} is not one of the MySQL source`);
  const boundary = gtids === undefined ? { file: file as string, offset: Number(offset) } : { gtids };
  return rows === undefined ? { boundary } : { boundary, inside: { rows: Number(rows), records: Number(records), gtid, selection } };
}

/** Files are numbered, with more digits when six do not do. */
export function comparePlaces(a: LogPlace, b: LogPlace): number {
  return numberOf(a.file) - numberOf(b.file) || a.offset - b.offset;
}

const numberOf = (file: string): number => Number(file.slice(file.lastIndexOf('.') + 1));
