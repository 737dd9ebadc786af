import { qualifiedName } from './table-name.ts';

export interface Column {
  readonly name: string;
  readonly type: ColumnType;
}

/** A table as it was when its rows were written. */
export interface Table {
  readonly database: string;
  readonly name: string;
  /** All, in the order of the table. */
  readonly columns: readonly Column[];
  /** Indexes into `columns`, in the order of the key; empty where there is none. See `keyIn`. */
  readonly primaryKey: readonly number[];
  /** Name of the key's index. Default `PRIMARY`. */
  readonly keyIndex?: string;
}

export const fullName = ({ database, name }: Table): string => qualifiedName(database, name);

type Simple = 'integer' | 'float' | 'double' | 'decimal' | 'year' | 'bytes' | 'date' | 'old-time' | 'json' | 'geometry' | 'point';

/**
 * What a column holds, as far as its values differ in how they are read and written. `decimals`: of a second, 0 to 6. `unknown`: what no one
 * here can read.
 */
export type ColumnType =
  | { readonly kind: Simple }
  | { readonly kind: 'unknown'; readonly what: string }
  | { readonly kind: 'uuid' | 'inet4' | 'inet6' }
  | { readonly kind: 'bit'; readonly bits: number }
  | { readonly kind: 'text'; readonly charset: string }
  | { readonly kind: 'enum' | 'set'; readonly values: readonly string[] }
  | { readonly kind: 'time' | 'datetime' | 'timestamp'; readonly decimals: number };

const SIMPLE: Readonly<Record<string, Simple>> = {
  ...{ tinyint: 'integer', smallint: 'integer', mediumint: 'integer', int: 'integer', bigint: 'integer' },
  ...{ float: 'float', double: 'double', decimal: 'decimal', year: 'year', date: 'date', json: 'json' },
  ...{ binary: 'bytes', varbinary: 'bytes', tinyblob: 'bytes', blob: 'bytes', mediumblob: 'bytes', longblob: 'bytes', vector: 'bytes' },
  ...{ geometry: 'geometry', point: 'point', linestring: 'geometry', polygon: 'geometry', multipoint: 'geometry' },
  ...{ multilinestring: 'geometry', multipolygon: 'geometry', geometrycollection: 'geometry', geomcollection: 'geometry' },
};
const TEXT = new Set(['char', 'varchar', 'tinytext', 'text', 'mediumtext', 'longtext']);

export interface ColumnDefinition {
  /** The server's own: `decimal(10,2) unsigned`, `enum('a','b')`. */
  readonly columnType: string;
  readonly charset: string | null;
  /** Of an enum or a set, where they are known without the text. */
  readonly values?: readonly string[] | undefined;
}

/** Reads the server's own description of a column. */
export function columnTypeOf({ columnType, charset, values }: ColumnDefinition): ColumnType {
  const [, name = '', argument = ''] = /^(\w+)(?:\((.*?)\)(?=[^)]*$))?/s.exec(columnType) ?? [];
  const simple = SIMPLE[name];
  if (simple !== undefined) return { kind: simple };
  if (name === 'uuid' || name === 'inet4' || name === 'inet6') return { kind: name };
  if (name === 'bit') return { kind: 'bit', bits: Number(argument || 1) };
  if (name === 'enum' || name === 'set') return { kind: name, values: values ?? quotedValues(argument) };
  if (name === 'time' || name === 'datetime' || name === 'timestamp') return { kind: name, decimals: Number(argument || 0) };
  if (TEXT.has(name) && charset === null) return { kind: 'bytes' };
  if (TEXT.has(name) && charset !== null) return { kind: 'text', charset };
  return { kind: 'unknown', what: `the type ${columnType.slice(0, 40)}` };
}

/** `'a','b,c','it''s'` */
function quotedValues(list: string): string[] {
  return [...list.matchAll(/'((?:[^']|'')*)'/g)].map(([, value = '']) => value.replaceAll("''", "'"));
}
