import { mkdir, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { debianPackage } from '../install/debian.ts';
import { listens } from './listens.ts';
import { certify } from './pem-certificates.ts';
import { administrator, definitionsJson, enabledPlugins, rabbitmqConf } from './rabbitmq-conf.ts';
import type { Server, Site } from './server.ts';

/** This user may read every queue, and nothing else. */
const user = { username: 'connect', password: 'connect-secret' };

/** One RabbitMQ node, with a port mapper of its own: Erlang would start one that outlives it. */
export const rabbitmq: Server = {
  name: 'rabbitmq',
  installer: debianPackage({ name: 'rabbitmq-server', needs: /^erlang-[a-z0-9-]+$/, installed: '/usr/lib/rabbitmq/lib' }),
  // Erlang's own choice for the last port, 25672, is outside the range from which the stack chooses free ports.
  ports: { amqp: 5672, amqps: 5671, stream: 5552, management: 15672, epmd: 4370, distribution: 5673 },

  external: (env) => (env.CONNECT_RABBITMQ_URL ? { rabbitmq: env.CONNECT_RABBITMQ_URL } : undefined),
  addresses: (site) => ({
    rabbitmq: `amqp://${administrator.username}:${administrator.password}@127.0.0.1:${site.port('amqp')}`,
    rabbitmqTls: `amqps://127.0.0.1:${site.port('amqps')}`,
    rabbitmqStream: `rabbitmq-stream://${administrator.username}:${administrator.password}@127.0.0.1:${site.port('stream')}`,
    rabbitmqManagement: `http://127.0.0.1:${site.port('management')}`,
    rabbitmqCaFile: join(site.dir, 'ca.pem'),
    rabbitmqCertFile: join(site.dir, 'client.pem'),
    rabbitmqKeyFile: join(site.dir, 'client-key.pem'),
    rabbitmqUsername: user.username,
    rabbitmqPassword: user.password,
  }),

  async prepare(site) {
    await mkdir(site.dir, { recursive: true });
    await certify(site.dir, user.username);
    await writeFile(join(site.dir, 'rabbitmq.conf'), rabbitmqConf(site));
    await writeFile(join(site.dir, 'enabled_plugins'), enabledPlugins);
    await writeFile(join(site.dir, 'definitions.json'), definitionsJson(user));
    const lib = join(site.programs, 'usr', 'lib');
    await link(join(lib, 'erlang'), 'erts-', join(site.dir, 'erts'));
    await link(join(lib, 'rabbitmq', 'lib'), 'rabbitmq_server-', join(site.dir, 'server'));
  },

  processes: (site) => [
    {
      name: 'rabbitmq-epmd',
      command: join(site.dir, 'erts', 'bin', 'epmd'),
      args: ['-address', '127.0.0.1', '-port', String(site.port('epmd'))],
      ready: () => listens(site.port('epmd')),
    },
    {
      name: 'rabbitmq',
      // The scripts of the package only know its usual place.
      command: join(site.dir, 'erts', 'bin', 'erlexec'),
      args: [
        ...['-noinput', '-s', 'rabbit', 'boot', '-boot', 'start_sasl', '-start_epmd', 'false'],
        ...['-kernel', 'inet_dist_use_interface', '{127,0,0,1}', '-kernel', 'prevent_overlapping_partitions', 'false'],
        ...['-syslog', 'logger', '[]', '-syslog', 'syslog_error_logger', 'false'],
        ...['+W', 'w', '+S', '2:2', '+sbwt', 'none', '+B', 'i'],
      ],
      env: environment(site),
      ready: () => answers(site),
    },
  ],
};

const environment = (site: Site): Record<string, string> => ({
  ROOTDIR: join(site.programs, 'usr', 'lib', 'erlang'),
  BINDIR: join(site.dir, 'erts', 'bin'),
  EMU: 'beam',
  PROGNAME: 'erl',
  HOME: site.dir,
  ERL_LIBS: join(site.dir, 'server', 'plugins'),
  ERL_MAX_ETS_TABLES: '50000',
  ERL_EPMD_PORT: String(site.port('epmd')),
  ERL_EPMD_ADDRESS: '127.0.0.1',
  RABBITMQ_HOME: join(site.dir, 'server'),
  RABBITMQ_NODENAME: `stack-${site.port('amqp')}@localhost`,
  RABBITMQ_NODE_PORT: String(site.port('amqp')),
  RABBITMQ_DIST_PORT: String(site.port('distribution')),
  RABBITMQ_MNESIA_BASE: join(site.dir, 'data'),
  RABBITMQ_LOG_BASE: join(site.dir, 'log'),
  RABBITMQ_LOGS: '-',
  RABBITMQ_CONFIG_FILE: join(site.dir, 'rabbitmq'),
  RABBITMQ_ENABLED_PLUGINS_FILE: join(site.dir, 'enabled_plugins'),
  RABBITMQ_CONF_ENV_FILE: '/dev/null',
  RABBITMQ_PID_FILE: join(site.dir, 'pid'),
});

/** Makes `place` lead to the one entry of `folder` that starts like this, because folders are named after versions. */
async function link(folder: string, beginning: string, place: string): Promise<void> {
  const found = (await readdir(folder)).find((name) => name.startsWith(beginning));
  if (found === undefined) throw new Error(`there is no ${beginning}* in ${folder}`);
  await rm(place, { force: true });
  await symlink(join(folder, found), place);
}

async function answers(site: Site): Promise<void> {
  const { connect } = await import('amqplib');
  const connection = await connect({ hostname: '127.0.0.1', port: site.port('amqp'), ...administrator }, { timeout: 2_000 });
  await connection.close();
  for (const port of ['amqps', 'stream', 'management']) await listens(site.port(port));
}
