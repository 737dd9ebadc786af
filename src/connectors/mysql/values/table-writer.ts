import { createHash } from 'node:crypto';
import { ConnectError } from '../../../api/index.ts';
import { anyOf, Selection } from '../config/selection.ts';
import type { MysqlSourceConfig } from '../config/source-config.ts';
import { fullName, type Table } from '../tables/table.ts';
import { topicName } from '../tables/table-name.ts';
import type { ServerCharsets } from './charsets/server-charsets.ts';
import { type Codec, codecOf, type TemporalStyle } from './codec.ts';
import { type Json, type JsonBytes, jsonText } from './json-bytes.ts';
import { digitsOf } from './same-keys.ts';

/** What flat messages add to a row: what was done to it. */
export const FLAT_OPERATION = '__op';

/** A row's shown columns as JSON values, in the order of the table. */
export type RowJson = readonly Json[];

interface ShownColumn {
  /** In the table. */
  readonly index: number;
  /** `"id":` */
  readonly label: string;
  /** The same behind another column, or in front of all: `,"id":` or `{"id":`. */
  readonly lead: string;
  readonly codec: Codec;
  readonly mask: Mask | undefined;
}

/** Turns rows of one table, as it was when they were written, into JSON: columns left out and masked as configured. */
export class TableWriter {
  readonly table: Table;
  /** `database.table`, by which rows without a key are ordered; others by their key behind `/`. */
  readonly name: string;
  /** Undefined: the connector's. */
  readonly topic: string | undefined;
  readonly #shown: readonly ShownColumn[];
  /** Indexes into the shown columns. */
  readonly #key: readonly number[];
  /** The server may take two texts for one key. */
  readonly #hasTextKey: boolean;

  /**
   * `charsets`: of the server, with those of the table loaded; only `fromLog` needs them. Throws CONFIG_INVALID where the configuration hides
   * part of the primary key, or names no topic; WRONG_KIND for what can't be copied.
   */
  constructor(table: Table, config: MysqlSourceConfig, style: TemporalStyle, charsets?: Pick<ServerCharsets, 'converter'>) {
    this.table = table;
    const { database, name } = table;
    this.name = fullName(table);
    const selection = new Selection(config);
    this.topic = config.topicTemplate === undefined ? undefined : topicName(config.topicTemplate, database, name);
    const shown = [...table.columns.entries()].filter(([, column]) => selection.column(database, name, column.name));
    this.#shown = shown.map(([index, column], at) => {
      if (column.type.kind === 'unknown')
        throw unknownType(`${this.name}.${column.name}`, column.type.what, table.primaryKey.includes(index));
      const toUtf8 = column.type.kind === 'text' ? charsets?.converter(column.type.charset) : undefined;
      const mask = maskOf(config, database, name, column.name);
      const label = `${JSON.stringify(column.name)}:`;
      return { index, label, lead: `${at === 0 ? '{' : ','}${label}`, codec: codecOf(column.type, style, toUtf8), mask };
    });
    if (config.format === 'flat' && shown.some(([, column]) => column.name === FLAT_OPERATION)) throw operationTwice(this.name);
    this.#key = table.primaryKey.map((index) => {
      const shown = this.#shown.findIndex((column) => column.index === index);
      if (shown < 0) throw hiddenKey('excludeColumns', table);
      if (hasOneValue(config, database, name, table.columns[index]?.name ?? '')) throw hiddenKey('maskColumns', table);
      return shown;
    });
    this.#hasTextKey = table.primaryKey.some((index) => table.columns[index]?.type.kind === 'text');
  }

  /** Values by index of the column, as the reader gives them. */
  fromLog(row: Readonly<Record<number, unknown>>): RowJson {
    return this.#shown.map(({ index, codec, mask }) => {
      const value = row[index];
      if (value === null) return 'null';
      const json = codec.fromLog(value);
      return mask === undefined ? json : mask(jsonText(json));
    });
  }

  /** All columns' bytes, as a query gives them; see `Codec`. */
  fromQuery(row: ReadonlyArray<Buffer | null>): RowJson {
    return this.#shown.map(({ index, codec, mask }) => {
      const bytes = row[index] ?? null;
      if (bytes === null) return 'null';
      const json = codec.fromQuery(bytes);
      return mask === undefined ? json : mask(jsonText(json));
    });
  }

  /** `{"id":1,"name":"a"}`; `last`: a member more, behind the columns. */
  write(row: RowJson, json: JsonBytes, last?: string): void {
    for (let at = 0; at < row.length; at += 1) {
      json.text((this.#shown[at] as ShownColumn).lead);
      json.value(row[at] as Json);
    }
    if (last !== undefined) json.text(`${row.length === 0 ? '{' : ','}${last}}`);
    else json.text(row.length === 0 ? '{}' : '}');
  }

  /** The primary key as a JSON object; undefined where the table has none. */
  key(row: RowJson): string | undefined {
    if (this.#key.length === 0) return undefined;
    let json = '';
    for (const at of this.#key) json += `${json === '' ? '{' : ','}${this.#shown[at]?.label}${jsonText(row[at] as Json)}`;
    return `${json}}`;
  }

  /** `key`: of a row, as `key` makes it. Keys that the server may take for one have one ordering key: a row may change from one to the other. */
  orderingKey(key: string | undefined): string {
    if (key === undefined) return this.name;
    return `${this.name}/${this.#hasTextKey ? digitsOf(key) : key}`;
  }
}

/** A column of the key can't be left out. */
const unknownType = (column: string, what: string, isKey: boolean): ConnectError =>
  new ConnectError('WRONG_KIND', `column ${column} has ${what}, which can't be copied`, {
    remedy: `${isKey ? 'leave the table out by source.excludeTables' : 'name the column in source.excludeColumns'}, or convert it`,
  });

/** A reader of JSON would see one of the two only. */
const operationTwice = (table: string): ConnectError =>
  new ConnectError('WRONG_KIND', `table ${table} has a column ${FLAT_OPERATION}, which is what flat messages call the operation`, {
    remedy: 'name the column in source.excludeColumns, or set source.format to debezium',
  });

/** Rows could not be told apart any more. */
const hiddenKey = (option: 'excludeColumns' | 'maskColumns', table: Table): ConnectError =>
  new ConnectError('CONFIG_INVALID', `source.${option}: hides part of the primary key of ${fullName(table)}`, {
    remedy: 'mask the column by source.maskColumns with a salt instead, or leave the table out',
  });

/** Makes another JSON value of a column's. NULL stays NULL. */
type Mask = (json: string) => string;

type Rules = Pick<MysqlSourceConfig, 'maskColumns' | 'ignoresCase'>;

/** The mask of a column, if one is configured: the first rule that names it. */
function maskOf(rules: Rules, database: string, table: string, column: string): Mask | undefined {
  const rule = ruleOf(rules, database, table, column);
  if (rule === undefined) return undefined;
  const { value, salt } = rule;
  if (salt === undefined) {
    const fixed = JSON.stringify(value);
    return () => fixed;
  }
  return (json) => `"${createHash('sha256').update(salt).update(textOf(json)).digest('hex')}"`;
}

/** Whether all of a column's values become the same one. */
const hasOneValue = (rules: Rules, database: string, table: string, column: string): boolean =>
  ruleOf(rules, database, table, column)?.value !== undefined;

function ruleOf(rules: Rules, database: string, table: string, column: string) {
  return rules.maskColumns?.find(({ columns }) => anyOf(columns, rules.ignoresCase ?? false)(database, table, column));
}

/** Debezium hashes texts as they are, not as JSON has them. */
const textOf = (json: string): string => (json.startsWith('"') ? JSON.parse(json) : json);
