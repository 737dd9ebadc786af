import { isDeepStrictEqual } from 'node:util';
import type { RowDataPacket } from 'mysql2/promise';
import { createConnection } from 'mysql2/promise';
import { administrator } from '../../../infra/local/servers/mysql-cnf.ts';
import { ConnectError, type Position, type SourceRecord } from '../../../src/api/index.ts';
import type { LogHistory } from './log-histories.ts';
import { jsonOf, keyOf, MysqlLab, type ServerName } from './mysql-lab.ts';

/** By table and key. */
type Rows = Record<string, Record<string, Record<string, unknown>>>;

export interface Outcome {
  /** Of the texts. */
  readonly charset: string;
  /** Keys whose last message is not the table's row, of tables about which no statement was refused. */
  readonly differences: readonly string[];
  /** Errors of runs that named a statement, and were passed over. */
  readonly refused: readonly string[];
}

const TABLES = ['acc', 'm', 'words', 'source', 'made', 'parts'];
/** `away`: a table's name for a moment. */
const NAMED = new RegExp(`a statement|\\.(?:${[...TABLES, 'away'].join('|')})\\b`);

/** Lives through a history on a server, reading its log on the way. Throws where a run ends with an error that names neither a statement nor one of the tables, as where MySQL 5.6 does not tell their columns. */
export async function liveByLog(server: ServerName, history: LogHistory): Promise<Outcome> {
  await using lab = await MysqlLab.open(server);
  const [host, port] = lab.admin.address.split(':');
  const session = await createConnection({ host: host as string, port: Number(port), ...administrator, charset: 'utf8mb4' });
  try {
    await session.query(`USE ${lab.database}`);
    await session.query("SET sql_mode = ''");
    const charset = await charsetAt(lab, history.charset);
    for (const sql of tablesOf(charset)) await session.query(sql);
    return { charset, ...(await live(lab, (sql) => session.query(sql).then(() => {}, ignored), history)) };
  } finally {
    await session.end();
  }
}

async function live(lab: MysqlLab, run: (sql: string) => Promise<void>, { steps }: LogHistory): Promise<Omit<Outcome, 'charset'>> {
  const fold: Rows = {};
  const refused: string[] = [];
  let position = await lab.now();
  const read = async (maxRecords: number): Promise<number> => {
    try {
      const { records, position: reached } = await lab.read(position, { onTruncate: 'event' }, maxRecords);
      for (const record of records) apply(fold, record);
      position = reached as Position;
      return records.length;
    } catch (error) {
      if (!(error instanceof ConnectError) || !NAMED.test(error.message)) throw error;
      lab.skipped.push((error as ConnectError & { readonly id: string }).id);
      refused.push(error.message);
      return 1;
    }
  };
  for (const { deeds, asStatements, run: maxRecords } of steps) {
    if (asStatements) await run('SET SESSION binlog_format = STATEMENT');
    for (const sql of deeds) await run(sql);
    if (asStatements) await run('SET SESSION binlog_format = ROW');
    if (maxRecords > 0) await read(maxRecords);
  }
  while ((await read(1_000)) > 0);
  return { differences: await differences(lab, fold, refused), refused };
}

async function differences(lab: MysqlLab, fold: Rows, refused: readonly string[]): Promise<string[]> {
  const wrong: string[] = [];
  // A statement may have changed any table that it names, and what that one's trigger writes.
  const changed = (name: string) =>
    refused.some((message) => new RegExp(name === 'acc' ? '\\b(acc|source)\\b' : `\\b${name}\\b`).test(message));
  for (const table of TABLES.filter((name) => !changed(name))) {
    const rows = await lab.admin.rows<RowDataPacket>(`SELECT * FROM ${lab.database}.${table}`).catch(() => []);
    const there = Object.fromEntries(rows.map((row) => [JSON.stringify({ id: row.id }), { ...row }]));
    const copied = fold[table] ?? {};
    for (const key of new Set([...Object.keys(there), ...Object.keys(copied)])) {
      const [has, was] = [there[key], copied[key]].map((row) => row && withoutNulls(row));
      if (!isDeepStrictEqual(has, was))
        wrong.push(`${table} ${key}: the table has ${JSON.stringify(has)}, the messages ${JSON.stringify(was)}`);
    }
  }
  return wrong;
}

function apply(fold: Rows, record: SourceRecord): void {
  const { op, after, source } = jsonOf(record) ?? {};
  if (op === undefined) return;
  fold[source.table] ??= {};
  const rows = fold[source.table] as Rows[string];
  const key = keyOf(record) ?? '';
  if (op === 't') fold[source.table] = {};
  else if (op === 'd') delete rows[key];
  else rows[key] = after;
}

/** A column that came later is absent from older messages. */
const withoutNulls = (row: Record<string, unknown>) => Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null));

const tablesOf = (charset: string): string[] => [
  `CREATE TABLE acc (id INT PRIMARY KEY, v VARCHAR(20) CHARACTER SET ${charset}) ENGINE = InnoDB`,
  `CREATE TABLE m (id INT PRIMARY KEY, v VARCHAR(20) CHARACTER SET ${charset}) ENGINE = MyISAM`,
  `CREATE TABLE words (id VARCHAR(10) CHARACTER SET ${charset} PRIMARY KEY, v TEXT CHARACTER SET ${charset}) ENGINE = InnoDB`,
  'CREATE TABLE source (id INT PRIMARY KEY, v VARCHAR(20) CHARACTER SET utf8mb4) ENGINE = InnoDB',
  'CREATE TABLE made (id INT PRIMARY KEY, v VARCHAR(20)) ENGINE = InnoDB',
  `CREATE TABLE parts (id INT PRIMARY KEY, v VARCHAR(20)) ENGINE = InnoDB
     PARTITION BY RANGE (id) (PARTITION low VALUES LESS THAN (10), PARTITION high VALUES LESS THAN MAXVALUE)`,
  'CREATE TRIGGER copied AFTER INSERT ON source FOR EACH ROW REPLACE INTO acc (id, v) VALUES (NEW.id, NEW.v)',
];

/** Those of texts that the server has, by turns. */
async function charsetAt({ admin }: MysqlLab, at: number): Promise<string> {
  const names = await admin.rows<{ name: string }>(
    "SELECT CHARACTER_SET_NAME AS name FROM information_schema.CHARACTER_SETS WHERE CHARACTER_SET_NAME <> 'binary' ORDER BY 1",
  );
  return names[at % names.length]?.name as string;
}

/** A server may refuse a statement, which then changed nothing. */
const ignored = (): void => {};
