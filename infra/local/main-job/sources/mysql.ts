import { number } from '../../../../src/cli/render/numbers.ts';
import { createPositions } from '../../../../src/connectors/mysql/sink/positions.ts';
import { StackError } from '../../install/stack-error.ts';
import { MysqlAdmin } from '../../mysql-admin.ts';
import { checkSameRows } from '../comparison/check-same-rows.ts';
import { checkTable } from '../comparison/check-table.ts';
import type { MainJobSystem } from '../comparison/source.ts';
import { FlightTable } from './flight-table.ts';
import { TableChanges } from './table-changes.ts';

/**
 * The table changes while the connector copies its rows, and again while it copies changes. Each round makes this many changes for each
 * row.
 */
const CHANGES_PER_ROW = 0.1;

/** The name that the sink's table of positions has by default. */
const POSITIONS = 'rocketmq_connect_positions';
/** The sink's user, because the stack's may only read. */
const WRITER = 'writer';
const writerPassword = 'writer-secret';
const WRITER_PASSWORD = 'CONNECT_MYSQL_SINK_PASSWORD';

export const mysqlSystem: MainJobSystem = {
  title: 'MariaDB',
  server: 'mariadb',
  type: 'mysql-source',
  example: new URL('../../../../examples/mysql-to-rocketmq.yml', import.meta.url),
  sinkExample: new URL('../../../../examples/rocketmq-to-mysql.yml', import.meta.url),
  defaultDataset: 'flights-200k',
  environment: ({ mariadb, mysqlUsername, mysqlPassword }) => ({
    CONNECT_MYSQL_ADDRESS: mariadb,
    CONNECT_MYSQL_USERNAME: mysqlUsername,
    CONNECT_MYSQL_PASSWORD: mysqlPassword,
    [WRITER_PASSWORD]: writerPassword,
  }),

  async open({ mariadb }) {
    const admin = new MysqlAdmin(mariadb);
    await admin.run('SELECT 1').catch((error: Error) => {
      const remedy = 'unset CONNECT_MYSQL_ADDRESS, so that the stack starts a server';
      throw new StackError(`root cannot fill a table at ${mariadb} without a password (${error.message})`, remedy, { cause: error });
    });
    const lost = (error: Error & { fatal?: boolean }): never => {
      if (error.fatal !== true) throw error;
      const remedy = 'run the same command again: it starts the server and continues where this run ended';
      throw new StackError(`the connection to MariaDB at ${mariadb} was lost (${error.message})`, remedy, { cause: error });
    };
    return {
      options: (name) => ({ tables: [new FlightTable(admin, name).name], snapshotRangeRows: 50_000 }),
      async load(name, dataset, signal, onProgress) {
        const table = new FlightTable(admin, name);
        const changes = new TableChanges(table, dataset.rows);
        const added = await table.load(dataset, (await changes.made()) > 0, signal, onProgress).catch(lost);
        return {
          added,
          check: async (run) => checkTable(table, await changes.counts(), run),
          back: {
            title: `table ${table.copy.name}`,
            async prepare() {
              const { copy } = table;
              await copy.create();
              await admin.run(letWrite(copy.database, [copy.name, `${copy.database}.${POSITIONS}`]));
              return { username: WRITER, password: `\${env:${WRITER_PASSWORD}}`, table: copy.name };
            },
            check: (run) => checkSameRows(table, table.copy, run),
          },
        };
      },
      async changes(name, { rows }) {
        const table = new FlightTable(admin, name);
        const changes = new TableChanges(table, rows);
        const total = Math.ceil(rows * CHANGES_PER_ROW);
        const made = await changes.made();
        const half = Math.ceil((total - made) / 2);
        const parts = made < total ? [made + half, total] : [];
        return parts.map((upTo) => ({
          title: `${number(half)} changes of ${table.name}`,
          make: (signal) => changes.make(upTo, signal).catch(lost),
        }));
      },
      close: () => admin.close(),
    };
  },
};

/** Makes the sink's table of positions, and its user, who may write these tables. */
function letWrite(database: string, tables: readonly string[]): string {
  const user = `'${WRITER}'@'127.0.0.1'`;
  const statements = [
    createPositions({ database, table: POSITIONS }).replace('CREATE TABLE', 'CREATE TABLE IF NOT EXISTS'),
    `CREATE USER IF NOT EXISTS ${user} IDENTIFIED BY '${writerPassword}'`,
    ...tables.map((table) => `GRANT SELECT, INSERT, UPDATE, DELETE ON ${table} TO ${user}`),
  ];
  return statements.join('; ');
}
