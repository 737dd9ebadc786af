import { type ConnectorContext, type Finding, toConnectError } from '../../../api/index.ts';
import { checkWithin, connectionFinding, errorFinding } from '../../../kit/index.ts';
import { accountOf } from '../server/account.ts';
import { connectionFrame } from '../server/errors.ts';
import { quoteName, type TableName } from '../tables/table-name.ts';
import type { MysqlSinkConfig } from './config.ts';
import { createPositions } from './positions.ts';
import { missingRights } from './table-rights.ts';
import { positionsTable, targetName } from './target-name.ts';
import { existingTable, type TargetTable, targetTable } from './target-table.ts';
import { type WriteConnection, WriteConnections } from './write-connections.ts';

type Context = Pick<ConnectorContext, 'signal' | 'topics'>;

/** Looks at a server as the tasks will: address, credentials, tables, rights, and whether it takes writes. Over a connection of its own. */
export function checkMysqlSink(config: MysqlSinkConfig, { signal, topics = [] }: Context): Promise<Finding[]> {
  return checkWithin({ ...connectionFrame('sink'), signal }, async (limit, _progress, answer) => {
    const connections = new WriteConnections(config);
    const use = <T>(work: (connection: WriteConnection) => Promise<T>): Promise<T> => answer(connections.use(work, limit));
    const keepsPositions = config.delivery === 'exactly-once';
    const findings: Finding[] = [];
    const look = async (option: string, table: TableName, work: (connection: WriteConnection) => Promise<Finding[]>) => {
      try {
        findings.push(...(await use(work)));
      } catch (error) {
        if (limit.aborted) throw error;
        const problem = toConnectError(error);
        const optionOf = { NOT_FOUND: option, WRONG_KIND: option, FORBIDDEN: 'sink.username' };
        const finding = connectionFinding({ option: 'sink.address', optionOf }, problem);
        const remedy = problem.code === 'FORBIDDEN' ? await use((connection) => grantOn(connection, table)) : finding.remedy;
        findings.push({ ...finding, remedy });
      }
    };
    try {
      await use((connection) => connection.query('SELECT 1'));
      const targets = targetsOf(config, topics);
      const anyTable = config.schema === 'create' ? positionsTable({ table: config.table }) : undefined;
      for (const target of targets) await look('sink.table', target, (connection) => checkTarget(connection, target, config));
      if (targets.length === 0 && anyTable !== undefined)
        await look('sink.table', anyTable, (connection) => checkDatabase(connection, anyTable));
      const positions = keepsPositions ? positionsTable(config) : undefined;
      if (positions !== undefined) await look('sink.positionsTable', positions, (connection) => checkPositions(connection, positions));
      return findings;
    } finally {
      connections.close();
    }
  });
}

/** The tables that are known before there is a record, each once. */
function targetsOf({ table }: MysqlSinkConfig, topics: readonly string[]): TableName[] {
  const named = (topics.length === 0 ? [{}] : topics.map((topic) => ({ topic }))).flatMap((known) => targetName(table, known) ?? []);
  return [...new Map(named.map((target) => [quoteName(target.database, target.table), target])).values()];
}

/** Returns what is wrong with a table that is written; throws what the server answers to statements that write no row. */
async function checkTarget(connection: WriteConnection, target: TableName, { schema, delivery }: MysqlSinkConfig): Promise<Finding[]> {
  const table = await (schema === 'create' ? existingTable(connection, target) : targetTable(connection, target));
  if (table === undefined) return missingRights(connection, target, 'create');
  if (delivery === 'exactly-once' && !table.isTransactional) return [withoutTransactions('sink.table', table)];
  await tryWrites(connection, table);
  return schema === 'evolve' || schema === 'create' ? missingRights(connection, table, schema) : [];
}

/** Where records name the tables: whether any may be made. A user may have the rights to some alone, so that it is no error. */
async function checkDatabase(connection: WriteConnection, anyTable: TableName): Promise<Finding[]> {
  const findings = await missingRights(connection, anyTable, 'create');
  const message = `this user may not make tables in database ${anyTable.database}`;
  return findings.map((finding) => ({ ...finding, level: 'warning', message }));
}

async function checkPositions(connection: WriteConnection, positions: TableName): Promise<Finding[]> {
  let table: TargetTable;
  try {
    table = await targetTable(connection, positions);
  } catch (error) {
    const problem = toConnectError(error);
    if (problem.code !== 'NOT_FOUND') throw error;
    const database = `CREATE DATABASE IF NOT EXISTS ${quoteName(positions.database)}`;
    const remedy = [database, createPositions(positions), await grantOn(connection, positions)].join('; ');
    return [{ ...errorFinding('sink.positionsTable', problem), remedy }];
  }
  if (!table.isTransactional) return [withoutTransactions('sink.positionsTable', table)];
  await tryWrites(connection, table);
  return [];
}

/** The server looks at rights, and whether it takes writes at all, also where a statement finds no row. */
async function tryWrites(connection: WriteConnection, { database, table, columns }: TargetTable): Promise<void> {
  const path = quoteName(database, table);
  const written = [...columns.values()].filter(({ isGenerated }) => !isGenerated).map(({ name }) => quoteName(name));
  const [name] = written;
  await connection.run('START TRANSACTION');
  await connection.run(`INSERT INTO ${path} (${written}) SELECT ${written} FROM ${path} WHERE 1 = 0`);
  await connection.run(`UPDATE ${path} SET ${name} = ${name} WHERE 1 = 0`);
  await connection.run(`DELETE FROM ${path} WHERE 1 = 0`);
  await connection.run('ROLLBACK');
}

/** The statement that lets this user write a table. */
const grantOn = async (connection: WriteConnection, { database, table }: TableName): Promise<string> =>
  `GRANT SELECT, INSERT, UPDATE, DELETE ON ${quoteName(database, table)} TO ${await accountOf(connection)}`;

const withoutTransactions = (option: string, { name, database, table }: TargetTable): Finding => ({
  level: 'error',
  code: 'WRONG_KIND',
  option,
  message: `the engine of table ${name} knows no transactions, which exactly-once needs`,
  remedy: `ALTER TABLE ${quoteName(database, table)} ENGINE = InnoDB, or set sink.delivery to at-least-once`,
});
