import { ConnectError } from '../../../api/index.ts';
import { quoteName } from '../tables/table-name.ts';
import type { Step, WrittenRow } from './steps.ts';
import type { TargetColumn, TargetTable } from './target-table.ts';

/** A statement, and one to follow where it found no row. */
export interface Statement {
  readonly sql: string;
  readonly ifNone?: string;
}

/** Of a UTF-16 code unit in UTF-8. */
const MOST_BYTES_PER_UNIT = 3;
/** Statements of more rows take no less time for each. Most texts have a third of the bytes that they are counted for. */
const ENOUGH_BYTES = 4 * 1024 * 1024;
/**
 * For more rows than this a server likes to look at the whole of a table that is not large. It then waits for every row that another lane
 * has locked.
 */
const DELETED_ROWS = 100;
/** Of a packet, for its head. */
const RESERVE_BYTES = 64;

/** Statements of a step, each at most `packetBytes` long. Throws RECORD_REFUSED for a row that needs more. */
export function* statementsOf(step: Step, packetBytes: number): Generator<Statement> {
  const { table } = step;
  const path = quoteName(table.database, table.table);
  const limit = packetBytes - RESERVE_BYTES;
  if (step.kind === 'delete') {
    const head = `DELETE FROM ${path} WHERE ${whereHead(table)}`;
    for (let from = 0; from < step.keys.length; from += DELETED_ROWS) {
      const parts = step.keys.slice(from, from + DELETED_ROWS).map(wherePart(table));
      yield* joined(head, parts, whereGlue(table), whereTail(table), limit, table);
    }
    return;
  }
  const { kind, columns, rows } = step;
  const head = `INSERT INTO ${path} (${columns.map(nameOf).join(',')}) VALUES `;
  if (kind === 'insert' || kind === 'upsert') {
    const update = columns.map((column) => `${nameOf(column)}=VALUES(${nameOf(column)})`).join(',');
    const tuples = rows.map(({ values }) => tupleOf(values));
    yield* joined(head, tuples, ',', kind === 'upsert' ? ` ON DUPLICATE KEY UPDATE ${update}` : '', limit, table);
    return;
  }
  for (const { values, key } of rows) {
    const sql = updateOf(path, table, columns, { values, key });
    const insert = `${head}(${values.join(',')})`;
    if (Math.max(Buffer.byteLength(sql), Buffer.byteLength(insert)) > limit) throw tooLarge(table, limit);
    yield kind === 'update' ? { sql } : { sql, ifNone: insert };
  }
}

/** Joined to a statement only later, so that long texts are copied once. */
function tupleOf(values: readonly string[]): string {
  let tuple = '(';
  for (let index = 0; index < values.length; index += 1) tuple += index === 0 ? values[index] : `,${values[index]}`;
  return `${tuple})`;
}

function updateOf(path: string, { key }: TargetTable, columns: readonly TargetColumn[], row: WrittenRow): string {
  const set = columns.map((column, index) => `${nameOf(column)}=${row.values[index]}`);
  return `UPDATE ${path} SET ${set.join(',')} WHERE ${key.map((column, index) => `${nameOf(column)}=${row.key[index]}`).join(' AND ')}`;
}

const whereHead = ({ key }: TargetTable): string => (key.length === 1 ? `${nameOf(key[0] as TargetColumn)} IN (` : '');
const whereGlue = ({ key }: TargetTable): string => (key.length === 1 ? ',' : ' OR ');
const whereTail = ({ key }: TargetTable): string => (key.length === 1 ? ')' : '');

/** Older servers find no index for a list of rows. */
const wherePart =
  ({ key }: TargetTable) =>
  (literals: readonly string[]): string =>
    key.length === 1 ? (literals[0] as string) : `(${key.map((column, index) => `${nameOf(column)}=${literals[index]}`).join(' AND ')})`;

function* joined(
  head: string,
  parts: readonly string[],
  glue: string,
  tail: string,
  limit: number,
  table: TargetTable,
): Generator<Statement> {
  const frame = Buffer.byteLength(head) + Buffer.byteLength(tail);
  const enough = Math.min(limit, ENOUGH_BYTES);
  let taken: string[] = [];
  let bytes = frame;
  for (const part of parts) {
    // To count the bytes of a text copies it, so that it is done only where it may matter.
    const most = part.length * MOST_BYTES_PER_UNIT;
    const size = (frame + most > limit ? Buffer.byteLength(part) : most) + glue.length;
    if (frame + size > limit) throw tooLarge(table, limit);
    if (taken.length > 0 && bytes + size > enough) {
      yield { sql: framed(head, taken, glue, tail) };
      taken = [];
      bytes = frame;
    }
    taken.push(part);
    bytes += size;
  }
  if (taken.length > 0) yield { sql: framed(head, taken, glue, tail) };
}

/** Head and tail are joined with the parts: what is put around a long text afterwards copies it once more. */
function framed(head: string, parts: string[], glue: string, tail: string): string {
  const last = parts.length - 1;
  parts[0] = head + parts[0];
  parts[last] += tail;
  return parts.join(glue);
}

const nameOf = ({ name }: TargetColumn): string => quoteName(name);

const tooLarge = ({ name }: TargetTable, limit: number): ConnectError =>
  new ConnectError('RECORD_REFUSED', `a row of table ${name} makes a statement of more than ${limit} bytes`, {
    remedy: 'raise max_allowed_packet of the server',
  });
