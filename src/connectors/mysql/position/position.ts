import { ConnectError, type Position } from '../../../api/index.ts';

/** The one partition of a server's binary log. */
export const STREAM = 'stream';

/** A place in the log of one server. */
export interface LogPlace {
  /** `binlog.000012` */
  readonly file: string;
  readonly offset: number;
}

/** A place in the log of the server that has this number (`server_id`). */
export interface ServerPlace extends LogPlace {
  readonly serverId: number;
}

/** Transactions that are done, by GTIDs: valid on every server that has them. */
export interface DoneTransactions {
  readonly gtids: string;
  /** Where they end in one server's log. What has no GTID is done up to there; a server that is asked by GTIDs may not send the rest of it. */
  readonly at?: ServerPlace;
}

/** Between two transactions: those that are done, or a place in one server's log. */
export type Boundary = DoneTransactions | LogPlace;

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
    /** What was refused before it and passed over, in the order of the log; see `refusalMark`. */
    readonly refusals: readonly string[];
  };
}

/** `gtid:0-1-42@1:binlog.000012:4711`, `gtid:0-1-42`, `file:binlog.000012:4711`; inside a transaction `gtid:0-1-42+1000.0/0-1-43/5f3a7c01`, behind refusals in it `gtid:0-1-42+1000.0/0-1-43/5f3a7c01/9b1c22d0.04af6e11`. */
export function formatBoundary(boundary: Boundary): Position {
  if (!('gtids' in boundary)) return `file:${boundary.file}:${boundary.offset}`;
  const { gtids, at } = boundary;
  return at === undefined ? `gtid:${gtids}` : `gtid:${gtids}@${at.serverId}:${at.file}:${at.offset}`;
}

const FORM =
  /^(?:gtid:(?<gtids>[^+@]*)(?:@(?<serverId>\d+):(?<atFile>[^:+]+):(?<atOffset>\d+))?|file:(?<file>[^:+]+):(?<offset>\d+))(?:\+(?<rows>\d+)\.(?<records>\d)\/(?<gtid>[^/]*)\/(?<selection>\w+)(?:\/(?<refusals>[\w.]+))?)?$/;

export function parsePosition(text: Position): StreamPosition {
  const {
    gtids,
    serverId,
    atFile,
    atOffset,
    file,
    offset,
    rows,
    records,
    gtid = '',
    selection = '',
    refusals,
  } = FORM.exec(text)?.groups ?? {};
  if (gtids === undefined && file === undefined)
    throw new ConnectError('INTERNAL', `stored position ${JSON.stringify(text.slice(0, 200))} is not one of the MySQL source`);
  const at = serverId === undefined ? {} : { at: { serverId: Number(serverId), file: atFile as string, offset: Number(atOffset) } };
  const boundary = gtids === undefined ? { file: file as string, offset: Number(offset) } : { gtids, ...at };
  if (rows === undefined) return { boundary };
  return { boundary, inside: { rows: Number(rows), records: Number(records), gtid, selection, refusals: refusals?.split('.') ?? [] } };
}

/** Position of the stream as it is stored: the place in the log, and the last snapshot that it has waited for. */
export interface PositionAfterSnapshot {
  /** 0: none. */
  readonly snapshot: number;
  readonly place: Position;
}

/** `2@gtid:0-1-42`; without a snapshot just `gtid:0-1-42`. */
export const withSnapshot = ({ snapshot, place }: PositionAfterSnapshot): Position => (snapshot === 0 ? place : `${snapshot}@${place}`);

export function parseWithSnapshot(position: Position): PositionAfterSnapshot {
  const [, snapshot, place] = /^(\d+)@(.*)$/s.exec(position) ?? [];
  return place === undefined ? { snapshot: 0, place: position } : { snapshot: Number(snapshot), place };
}

/** Files are numbered, with more digits when six do not do. */
export function comparePlaces(a: LogPlace, b: LogPlace): number {
  return numberOf(a.file) - numberOf(b.file) || a.offset - b.offset;
}

const numberOf = (file: string): number => Number(file.slice(file.lastIndexOf('.') + 1));
