import ZongJi, { type AnyBinlogEvent, type RowsEvent } from '@vlasky/zongji';
import { MysqlAdmin } from '../infra/local/mysql-admin.ts';
import { mysqlUser } from '../infra/local/servers/mysql-cnf.ts';
import { type Pace, paceOf } from './pace.ts';

/** The size of one statement, which is one transaction. */
const STATEMENT_BYTES = 1024 * 1024;

export interface FilledTable {
  readonly database: string;
  /** The transactions that come before the rows. */
  readonly start: string;
}

/** Makes a table with that many rows of `bytes` bytes, in transactions of about 1 MiB. */
export async function fillMysql(address: string, database: string, bytes: number, records: number): Promise<FilledTable> {
  const admin = new MysqlAdmin(address);
  try {
    await admin.run(`CREATE DATABASE ${database}; CREATE TABLE ${database}.t (id INT PRIMARY KEY, v TEXT)`);
    const [start] = await admin.rows<{ gtids: string }>('SELECT @@gtid_binlog_pos AS gtids');
    const value = `'${'x'.repeat(bytes)}'`;
    const step = Math.ceil(STATEMENT_BYTES / bytes);
    for (let from = 0; from < records; from += step) {
      const rows = Array.from({ length: Math.min(step, records - from) }, (_, index) => `(${from + index},${value})`);
      await admin.run(`INSERT INTO ${database}.t VALUES ${rows.join(',')}`);
    }
    return { database, start: start?.gtids ?? '' };
  } finally {
    await admin.close();
  }
}

export async function dropMysql(address: string, { database }: FilledTable): Promise<void> {
  const admin = new MysqlAdmin(address);
  await admin.run(`DROP DATABASE ${database}`);
  await admin.close();
}

/**
 * Measures the reader library alone, which makes objects of them, for that many rows of the log from the table's start.
 */
export async function readRawMysql(address: string, { start }: FilledTable, records: number): Promise<Pace> {
  const [host = '', port] = address.split(':');
  const reader = new ZongJi({ host, port: Number(port), user: mysqlUser.mysqlUsername, password: mysqlUser.mysqlPassword });
  try {
    return await paceOf(async () => {
      let rows = 0;
      await new Promise<void>((resolve, reject) => {
        reader.on('error', reject);
        reader.on('binlog', (event: AnyBinlogEvent) => {
          rows += (event as RowsEvent & { rows?: unknown[] }).rows?.length ?? 0;
          if (rows >= records) resolve();
        });
        reader.start({ serverId: 99, gtidSet: start, includeEvents: ['tablemap', 'writerows'] });
      });
      return rows;
    }, records);
  } finally {
    reader.removeAllListeners('error').on('error', () => {});
    await new Promise((resolve) => {
      reader.once('stopped', resolve);
      reader.stop();
    });
  }
}
