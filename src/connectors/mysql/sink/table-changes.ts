import { ConnectError, type SinkRecord } from '../../../api/index.ts';
import { qualifiedName, type TableName } from '../tables/table-name.ts';
import type { MysqlSinkConfig } from './config.ts';
import { parseAsWritten } from './exact-json.ts';
import { ofRecord } from './of-record.ts';
import { targetedChanges } from './operations.ts';
import { TableNeeds } from './table-needs.ts';
import { type Changing, DUPLICATE_COLUMN, noRight } from './table-rights.ts';
import { addColumns, createTable, type ServerTypes, serverTypes } from './table-statements.ts';
import { existingTable, targetTable } from './target-table.ts';
import type { WriteConnection } from './write-connections.ts';
import { errorNumber, isForbidden, refusesDefinition } from './write-errors.ts';

export interface ChangeOptions {
  readonly connection: WriteConnection;
  readonly config: MysqlSinkConfig;
  readonly schema: Changing;
  /** Throws once the run may change nothing more. */
  readonly inTime: () => void;
}

interface Changes extends ChangeOptions {
  readonly server: ServerTypes;
}

/**
 * Makes the tables and columns that records need. Not within a transaction: the server commits one at such a statement. Nothing is
 * narrowed or taken away, so that a run that has lost its queues does no harm by it. Throws RECORD_REFUSED where a record does not
 * tell what to make, FORBIDDEN where a right is missing.
 */
export async function changeTables(records: readonly SinkRecord[], options: ChangeOptions): Promise<void> {
  const { connection, config, schema } = options;
  const changes = records.flatMap((record) => ofRecord(() => targetedChanges(record, config, parseAsWritten)));
  const common = { ...options, server: await serverTypes(connection) };
  for (const needs of TableNeeds.of(changes, config)) {
    if (schema === 'create') await makeTable(needs, common);
    await makeColumns(needs, common);
  }
}

async function makeTable(needs: TableNeeds, changes: Changes): Promise<void> {
  const { target } = needs;
  if ((await existingTable(changes.connection, target)) !== undefined) return;
  const key = needs.key(changes.server);
  const others = needs.missing(new Set(key.map(({ name }) => name.toLowerCase())), changes.server);
  if (key.length + others.length === 0) throw needs.nothing();
  if (!(await define(createTable(target, key, others), target, changes))) throw needs.taken([...key, ...others]);
}

async function makeColumns(needs: TableNeeds, changes: Changes): Promise<void> {
  const { target } = needs;
  for (let before = ''; ; ) {
    const { columns } = await targetTable(changes.connection, target);
    const missing = needs.missing(new Set(columns.keys()), changes.server);
    if (missing.length === 0) return;
    const sql = addColumns(target, missing);
    // Nobody has added any of them: the server takes the name for another column's.
    if (sql === before) throw needs.taken(missing);
    if (await define(sql, target, changes)) return;
    before = sql;
  }
}

/** Resolves with false where a column is there twice: somebody else has added it since, or the server takes its name for another's. */
async function define(sql: string, target: TableName, { connection, schema, inTime }: Changes): Promise<boolean> {
  inTime();
  try {
    await connection.run(sql);
    return true;
  } catch (error) {
    if (errorNumber(error) === DUPLICATE_COLUMN) return false;
    if (isForbidden(error)) throw await noRight(connection, target, schema);
    throw refusesDefinition(error) ? refused(target, error as Error) : error;
  }
}

const refused = ({ database, table }: TableName, error: Error): ConnectError =>
  new ConnectError(
    'RECORD_REFUSED',
    `table ${qualifiedName(database, table)} can't be made as the record needs it (${error.message.slice(0, 300)})`,
    {
      remedy: 'change the table yourself, or name columns in sink.excludeColumns',
      cause: error,
    },
  );
