import { MysqlAdmin } from '../infra/local/mysql-admin.ts';
import { createPositions } from '../src/connectors/mysql/sink/positions.ts';
import { paceOf } from './pace.ts';
import type { SinkSystem } from './sink-throughput.ts';

/** More rows a statement are no faster. */
const ROWS_PER_INSERT = 1_000;
const CONNECTIONS = 2;
/** The sink wants a password, which the administrator lacks. */
const WRITER = { username: 'writer', password: 'writer-secret' };

/** A place is a database with one table. */
const databaseOf = (place: string) => place.replaceAll('-', '_');

const rowOf = (index: number, bytes: number) => ({ id: index, text: 'x'.repeat(bytes) });

export const mysqlTarget: SinkSystem = {
  name: 'mysql',
  server: 'mariadb',
  record: (index, bytes) => ({
    key: Buffer.from(JSON.stringify({ id: index })),
    value: Buffer.from(JSON.stringify(rowOf(index, bytes))),
    headers: [],
  }),
  create: ({ mariadb }, place) =>
    withAdmin(mariadb, (admin) => {
      const database = databaseOf(place);
      const table = `CREATE TABLE ${database}.rows_in (id BIGINT PRIMARY KEY, text VARCHAR(2000) NOT NULL)`;
      const positions = createPositions({ database, table: 'rocketmq_connect_positions' });
      const user = `CREATE USER IF NOT EXISTS ${WRITER.username}@127.0.0.1 IDENTIFIED BY '${WRITER.password}'`;
      const grant = `GRANT SELECT, INSERT, UPDATE, DELETE ON ${database}.* TO ${WRITER.username}@127.0.0.1`;
      return admin.run(`CREATE DATABASE ${database} CHARACTER SET utf8mb4; ${table}; ${positions}; ${user}; ${grant}`);
    }),
  /** Measures mysql2 alone, which inserts many rows with each statement, and commits each. */
  async writeRaw({ mariadb }, place, bytes, records) {
    const admins = Array.from({ length: CONNECTIONS }, () => new MysqlAdmin(mariadb));
    try {
      await Promise.all(admins.map((admin) => admin.run('SELECT 1')));
      let from = 0;
      const insert = async (admin: MysqlAdmin) => {
        while (from < records) {
          const start = from;
          from += ROWS_PER_INSERT;
          const rows = Array.from({ length: Math.min(ROWS_PER_INSERT, records - start) }, (_, index) => {
            const { id, text } = rowOf(start + index, bytes);
            return [id, text];
          });
          await admin.run(`INSERT INTO ${databaseOf(place)}.rows_in VALUES ?`, [rows]);
        }
      };
      return await paceOf(async () => {
        await Promise.all(admins.map(insert));
        return records;
      });
    } finally {
      for (const admin of admins) await admin.close();
    }
  },
  options: ({ mariadb }, place) => ({
    address: mariadb,
    ...WRITER,
    table: `${databaseOf(place)}.rows_in`,
  }),
  remove: ({ mariadb }, place) => withAdmin(mariadb, (admin) => admin.run(`DROP DATABASE ${databaseOf(place)}`)),
};

async function withAdmin<T>(address: string, work: (admin: MysqlAdmin) => Promise<T>): Promise<T> {
  const admin = new MysqlAdmin(address);
  try {
    return await work(admin);
  } finally {
    await admin.close();
  }
}
