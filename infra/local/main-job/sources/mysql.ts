import { number } from '../../../../src/cli/render/numbers.ts';
import { StackError } from '../../install/stack-error.ts';
import { MysqlAdmin } from '../../mysql-admin.ts';
import { checkTable } from '../comparison/check-table.ts';
import type { MainJobSystem } from '../comparison/source.ts';
import { FlightTable } from './flight-table.ts';
import { TableChanges } from './table-changes.ts';

/**
 * The table changes while the connector copies its rows, and again while it copies changes. Each round makes this many changes for each
 * row.
 */
const CHANGES_PER_ROW = 0.1;

export const mysqlSystem: MainJobSystem = {
  title: 'MariaDB',
  server: 'mariadb',
  type: 'mysql-source',
  example: new URL('../../../../examples/mysql-to-rocketmq.yml', import.meta.url),
  defaultDataset: 'flights-200k',
  environment: ({ mariadb, mysqlUsername, mysqlPassword }) => ({
    CONNECT_MYSQL_ADDRESS: mariadb,
    CONNECT_MYSQL_USERNAME: mysqlUsername,
    CONNECT_MYSQL_PASSWORD: mysqlPassword,
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
        return { added, check: async (run) => checkTable(table, await changes.counts(), run) };
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
