import { ConnectError, type SinkRecord } from '../../../api/index.ts';
import { parseExactly } from './exact-json.ts';
import { type FieldTypes, fieldOf, typesOf } from './field-types.ts';

/** Columns' values by name, as JSON has them. */
export type JsonRow = Readonly<Record<string, unknown>>;

export type Parse = typeof parseExactly;

/** What a record asks of a table. */
export interface RowChange {
  readonly op: 'write' | 'delete';
  /** A deletion that has no value but its key. */
  readonly isTombstone: boolean;
  /** The row was there before. */
  readonly isUpdate: boolean;
  /** Absent where the record does not name it. */
  readonly database: string | undefined;
  readonly table: string | undefined;
  /** After the change; of a deletion, what is known of the row. */
  readonly row: JsonRow;
  /** Of a change, where it is known. */
  readonly before: JsonRow | undefined;
  /** The record's key, where that is an object. */
  readonly key: JsonRow;
  /** Of the columns whose schema came with the record, with its value or its key. */
  readonly types: FieldTypes;
  /** Of a row without an envelope, members that begin with `__` may be what a program has added to it. */
  readonly isFlat: boolean;
  /** A column that the row does not name is null. */
  readonly isWhole: boolean;
}

type Named = Pick<RowChange, 'database' | 'table'>;

/** What Debezium writes where its source did not tell the value, which has not changed. */
const UNAVAILABLE = '__debezium_unavailable_value';
/** The same of a column of bytes. */
const UNAVAILABLE_BYTES = Buffer.from(UNAVAILABLE).toString('base64');

/**
 * Reads a record: Debezium's envelope, with or without a schema, a row, a tombstone, or a transaction of several rows. Empty where it asks
 * for nothing. `parse`: of JSON. Throws RECORD_REFUSED.
 */
export function rowChanges(record: SinkRecord, parse: Parse = parseExactly): readonly RowChange[] {
  const key = keyOf(record.key, parse);
  const named = { database: headerText(record, '__db'), table: headerText(record, '__table') };
  if (record.value === null) return [tombstone(key, named)];
  const { payload, schema } = unwrapped(parsed(record.value, parse));
  if (payload === null) return [tombstone(key, named)];
  if (!isObject(payload)) throw refused('its value is no JSON object');
  if (isOther(payload, key.row)) return [];
  if (isTransaction(payload)) return payload.rows.map(fromTransaction);
  return [isEnvelope(payload) ? fromEnvelope(payload, key, schema) : fromRow(payload, key, schema, named)];
}

function fromRow(row: JsonRow, key: Key, schema: unknown, named: Named): RowChange {
  const isDeleted = row.__op === 'd' || row.__deleted === true || row.__deleted === 'true';
  if (row.__op === 't') throw truncated();
  return {
    op: isDeleted ? 'delete' : 'write',
    isTombstone: false,
    isUpdate: row.__op === 'u',
    database: text(row.__db) ?? named.database,
    table: text(row.__table) ?? named.table,
    row: known(row),
    before: undefined,
    key: key.row,
    types: typesOf(key.schema, schema),
    isFlat: true,
    isWhole: false,
  };
}

function fromEnvelope(payload: JsonRow, key: Key, schema: unknown): RowChange {
  const { op, before, after, source } = payload;
  const place = isObject(source) ? source : {};
  const named = { database: text(place.db), table: text(place.table) };
  const types = typesOf(key.schema, fieldOf(schema, op === 'd' ? 'before' : 'after'));
  const common = { ...named, key: key.row, types, isTombstone: false, isUpdate: op === 'u', isFlat: false, isWhole: false };
  if (op === 't') throw truncated();
  if (op === 'd') return { ...common, op: 'delete', row: isObject(before) ? before : {}, before: undefined };
  if (op !== 'c' && op !== 'u' && op !== 'r') throw refused(`its op is ${JSON.stringify(op)}, which is none of c, u, d and r`);
  if (!isObject(after)) throw refused(`its op is ${op}, and it has no row after the change`);
  return { ...common, op: 'write', row: known(after), before: isObject(before) ? before : undefined };
}

const OPS: Readonly<Record<string, 'c' | 'u' | 'd'>> = { WRITE: 'c', UPDATE: 'u', DELETE: 'd' };

/** As rocketmq-mysql writes it: it leaves out what is null. */
function fromTransaction(change: unknown): RowChange {
  const { database, table, type, data } = isObject(change) ? change : {};
  const op = OPS[String(type)];
  if (op === undefined || !isObject(data))
    throw refused('a row of its transaction has no data, or a type that is none of WRITE, UPDATE and DELETE');
  const named = { database: text(database), table: text(table) };
  const common = { ...named, row: data, before: undefined, key: {}, types: typesOf(), isTombstone: false, isFlat: false, isWhole: true };
  return { ...common, op: op === 'd' ? 'delete' : 'write', isUpdate: op === 'u' };
}

/** Of a row that is known by its key alone. */
function tombstone({ row, schema }: Key, named: Named): RowChange {
  const what = { row: {}, before: undefined, key: row, types: typesOf(schema) };
  return { op: 'delete', isTombstone: true, isUpdate: false, ...named, ...what, isFlat: true, isWhole: false };
}

const isTransaction = (payload: JsonRow): payload is JsonRow & { readonly rows: readonly unknown[] } =>
  Array.isArray(payload.rows) && typeof payload.binlogFilename === 'string' && 'nextPosition' in payload;

const isEnvelope = (payload: JsonRow): boolean => typeof payload.op === 'string' && ('after' in payload || 'before' in payload);

/** A heartbeat, or a statement about tables: sources send them between changes. */
const isOther = (payload: JsonRow, key: JsonRow): boolean =>
  !('op' in payload) &&
  ((typeof payload.ddl === 'string' && isObject(payload.source)) || ('serverName' in key && Object.keys(payload).join() === 'ts_ms'));

/** Of a list or a map it is the only member. */
function isUnavailable(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return value === UNAVAILABLE || value === UNAVAILABLE_BYTES;
  const members = Object.values(value);
  return members.length === 1 && (members[0] === UNAVAILABLE || members[0] === UNAVAILABLE_BYTES);
}

const known = (row: JsonRow): JsonRow =>
  Object.values(row).some(isUnavailable) ? Object.fromEntries(Object.entries(row).filter(([, value]) => !isUnavailable(value))) : row;

function parsed(value: Buffer, parse: Parse): unknown {
  try {
    return parse(value.toString());
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw refused('its value is no JSON');
  }
}

/** Kafka Connect's converter may put the schema beside the value. */
function unwrapped(value: unknown): { readonly payload: unknown; readonly schema: unknown } {
  const isWrapped = isObject(value) && 'schema' in value && 'payload' in value && Object.keys(value).length === 2;
  return isWrapped ? { payload: value.payload, schema: value.schema } : { payload: value, schema: undefined };
}

interface Key {
  /** Empty where the key is no object: it names no column then. */
  readonly row: JsonRow;
  readonly schema: unknown;
}

const NO_KEY: Key = { row: {}, schema: undefined };

function keyOf(key: Buffer | null, parse: Parse): Key {
  if (key?.[0] !== 0x7b) return NO_KEY;
  try {
    const { payload, schema } = unwrapped(parse(key.toString()));
    return isObject(payload) ? { row: payload, schema } : NO_KEY;
  } catch {
    return NO_KEY;
  }
}

const headerText = ({ headers }: SinkRecord, name: string): string | undefined =>
  headers.find((header) => header.name === name)?.value?.toString();

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

const isObject = (value: unknown): value is JsonRow => typeof value === 'object' && value !== null && !Array.isArray(value);

const truncated = (): ConnectError =>
  new ConnectError('RECORD_REFUSED', 'it says that all rows of a table were taken away (op t), which is not done here', {
    remedy: 'TRUNCATE the table yourself',
  });

const refused = (why: string): ConnectError =>
  new ConnectError('RECORD_REFUSED', why, { remedy: 'let its producer write change events of Debezium, or rows as JSON objects' });
