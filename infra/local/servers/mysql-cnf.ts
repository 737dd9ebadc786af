import { join } from 'node:path';
import type { Site } from './server.ts';

/** The administrator, over TCP from this machine. */
export const administrator = { user: 'root', password: '' };
/** This user may read and replicate, and nothing else. */
export const mysqlUser = { mysqlUsername: 'connect', mysqlPassword: 'connect-secret' };

/** The settings of both kinds of server: a binary log of whole rows, small memory, and nothing outside the stack's folder. */
export const commonCnf = (site: Site): Readonly<Record<string, string | number>> => ({
  datadir: join(site.dir, 'data'),
  tmpdir: join(site.dir, 'tmp'),
  'pid-file': join(site.dir, 'pid'),
  port: site.port('mysql'),
  'bind-address': '127.0.0.1',
  user: 'root',
  'server-id': 1,
  'log-bin': 'binlog',
  binlog_format: 'ROW',
  binlog_row_image: 'FULL',
  max_binlog_size: '64M',
  max_allowed_packet: '32M',
  innodb_flush_log_at_trx_commit: 2,
  sync_binlog: 0,
  innodb_buffer_pool_size: '64M',
  innodb_log_file_size: '32M',
  'skip-name-resolve': 1,
  performance_schema: 'OFF',
  'character-set-server': 'utf8mb4',
  'secure-file-priv': join(site.dir, 'tmp'),
});

export const cnfText = (settings: Readonly<Record<string, string | number>>): string =>
  ['[mysqld]', ...Object.entries(settings).map(([name, value]) => `${name}=${value}`), ''].join('\n');

/** The server runs this at every start. It is harmless the second time. */
export const initSql = (identified: (password: string) => string): string =>
  [
    `GRANT SELECT, REPLICATION SLAVE, REPLICATION CLIENT ON *.* TO '${mysqlUser.mysqlUsername}'@'127.0.0.1' ${identified(mysqlUser.mysqlPassword)};`,
    '',
  ].join('\n');
