import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { debianPackage } from '../install/debian.ts';
import { mysqlAnswers } from './mysql-answers.ts';
import { bootstrap } from './mysql-bootstrap.ts';
import { cnfText, commonCnf, initSql, mysqlUser } from './mysql-cnf.ts';
import { certify } from './pem-certificates.ts';
import type { Server, Site } from './server.ts';

/** MariaDB with GTIDs, and with the columns' names in its binary log. */
export const mariadb: Server = {
  name: 'mariadb',
  installer: debianPackage({
    name: 'mariadb-server-core',
    needs: /^(libaio1|liburing2|libnuma1)$/,
    installed: '/usr/sbin/mariadbd',
  }),
  ports: { mysql: 3306 },

  external: (env) =>
    env.CONNECT_MYSQL_ADDRESS
      ? {
          mariadb: env.CONNECT_MYSQL_ADDRESS,
          mysqlUsername: env.CONNECT_MYSQL_USERNAME ?? mysqlUser.mysqlUsername,
          mysqlPassword: env.CONNECT_MYSQL_PASSWORD ?? mysqlUser.mysqlPassword,
        }
      : undefined,
  addresses: (site) => ({
    mariadb: `127.0.0.1:${site.port('mysql')}`,
    mysqlCaFile: join(site.dir, 'ca.pem'),
    ...mysqlUser,
  }),

  async prepare(site) {
    await mkdir(join(site.dir, 'tmp'), { recursive: true });
    await certify(site.dir, mysqlUser.mysqlUsername);
    const settings = {
      ...commonCnf(site),
      socket: join(site.dir, 'tmp', 'socket'),
      'lc-messages-dir': join(site.programs, 'usr/share/mysql'),
      'plugin-dir': join(site.programs, 'usr/lib/mysql/plugin'),
      'character-sets-dir': join(site.programs, 'usr/share/mysql/charsets'),
      'ssl-ca': join(site.dir, 'ca.pem'),
      'ssl-cert': join(site.dir, 'server.pem'),
      'ssl-key': join(site.dir, 'server-key.pem'),
      binlog_row_metadata: 'FULL',
      gtid_strict_mode: 'ON',
      'init-file': join(site.dir, 'init.sql'),
    };
    await writeFile(join(site.dir, 'my.cnf'), cnfText(settings));
    await writeFile(
      join(site.dir, 'init.sql'),
      initSql((password) => `IDENTIFIED BY '${password}'`),
    );
    await bootstrap(join(site.dir, 'data'), {
      command: programOf(site),
      args: [
        '--no-defaults',
        '--bootstrap',
        '--user=root',
        `--lc-messages-dir=${join(site.programs, 'usr/share/mysql')}`,
        '--skip-grant-tables',
      ],
      env: environment(site),
      files: ['mysql_system_tables.sql', 'mysql_system_tables_data.sql'].map((file) => join(site.programs, 'usr/share/mysql', file)),
    });
  },

  processes: (site) => [
    {
      name: 'mariadb',
      command: programOf(site),
      args: [`--defaults-file=${join(site.dir, 'my.cnf')}`],
      env: environment(site),
      ready: () => mysqlAnswers(site.port('mysql')),
    },
  ],
};

const programOf = (site: Site): string => join(site.programs, 'usr/sbin/mariadbd');

/** The libraries that came with it, for systems that have none. */
const environment = (site: Site): Record<string, string> => ({
  LD_LIBRARY_PATH: [join(site.programs, 'usr/lib/x86_64-linux-gnu'), join(site.programs, 'lib/x86_64-linux-gnu')].join(':'),
});
