import type { TableName } from '../tables/table-name.ts';
import type { MysqlSinkConfig } from './config.ts';

/** Name of the table of positions, where the configuration gives none. */
export const POSITIONS = 'rocketmq_connect_positions';

const PLACEHOLDER = /\{\{(\w+)\}\}/g;
const WRITTEN = /^(`(?:[^`]|``)+`|[^.`]+)\.(`(?:[^`]|``)+`|[^.`]+)$/s;

/** What a record names; undefined where it names none. */
export interface NamedPlace {
  readonly database?: string | undefined;
  readonly table?: string | undefined;
  readonly topic?: string | undefined;
}

/** The table that a template makes of names. Undefined where one is needed that is not there. */
export function targetName(template: string, names: NamedPlace): TableName | undefined {
  const parts = partsOf(template);
  const database = filled(parts.database, names);
  const table = filled(parts.table, names);
  return database === undefined || table === undefined ? undefined : { database, table };
}

let last: { readonly template: string; readonly parts: TableName } | undefined;

/** Both names without quotes. Records that come one after the other have one template. */
function partsOf(template: string): TableName {
  if (last?.template === template) return last.parts;
  const [, database = '', table = ''] = WRITTEN.exec(template) ?? [];
  const parts = { database: unquoted(database), table: unquoted(table) };
  last = { template, parts };
  return parts;
}

const unquoted = (part: string): string => (part.startsWith('`') ? part.slice(1, -1).replaceAll('``', '`') : part);

/** The name stays as it is, whatever characters it has. */
function filled(plain: string, names: NamedPlace): string | undefined {
  if (!plain.includes('{{')) return plain;
  let isWhole = true;
  const name = plain.replace(PLACEHOLDER, (whole, placeholder: string) => {
    if (placeholder !== 'database' && placeholder !== 'table' && placeholder !== 'topic') return whole;
    isWhole &&= names[placeholder] !== undefined;
    return names[placeholder] ?? '';
  });
  return isWhole ? name : undefined;
}

/** Where positions are kept. Undefined where neither option says it. */
export function positionsTable({ positionsTable: own, table }: Pick<MysqlSinkConfig, 'positionsTable' | 'table'>): TableName | undefined {
  if (own !== undefined) return targetName(own, {});
  const name = filled(partsOf(table).database, {});
  return name === undefined ? undefined : { database: name, table: POSITIONS };
}
