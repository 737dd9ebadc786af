import { execFile } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { javaTool } from '../../../infra/local/install/java.ts';
import { kafka } from '../../../infra/local/servers/kafka.ts';
import type { Server, Site } from '../../../infra/local/servers/server.ts';

const HEAP_MB = 192;

/** A second node for a Kafka of one, as a broker only: the first one keeps the metadata. */
export const secondBroker = (first: Site): Server => ({
  name: 'kafka-2',
  installer: kafka.installer,
  ports: { plaintext: 9097 },
  external: () => undefined,
  addresses: () => ({}),

  async prepare(site) {
    await mkdir(site.dir, { recursive: true });
    const file = join(site.dir, 'server.properties');
    await writeFile(file, properties(site, first));
    const meta = await readFile(join(first.dir, 'data', 'meta.properties'), 'utf8');
    const cluster = /^cluster.id=(.*)$/m.exec(meta)?.[1] ?? '';
    const format = ['kafka.tools.StorageTool', 'format', '--ignore-formatted', '-t', cluster, '-c', file];
    await promisify(execFile)(javaTool('java'), ['-Xmx64m', '-cp', join(site.programs, '*'), ...format]);
  },

  processes: (site) => [
    {
      name: 'kafka-2',
      command: javaTool('java'),
      args: [`-Xmx${HEAP_MB}m`, '-XX:+UseSerialGC', '-cp', join(site.programs, '*'), 'kafka.Kafka', join(site.dir, 'server.properties')],
      ready: () => joined(first, site),
    },
  ],
});

function properties(site: Site, first: Site): string {
  const own = `PLAINTEXT://127.0.0.1:${site.port('plaintext')}`;
  return Object.entries({
    'process.roles': 'broker',
    'node.id': 2,
    'controller.quorum.voters': `1@127.0.0.1:${first.port('controller')}`,
    listeners: own,
    'advertised.listeners': own,
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'inter.broker.listener.name': 'PLAINTEXT',
    'controller.listener.names': 'CONTROLLER',
    'log.dirs': join(site.dir, 'data'),
    'log.cleaner.dedupe.buffer.size': 4 * 1024 * 1024,
  })
    .map(([key, value]) => `${key}=${value}\n`)
    .join('');
}

/** Resolves once the cluster counts the broker among its own. */
async function joined(first: Site, site: Site): Promise<void> {
  const { Admin } = await import('@platformatic/kafka');
  const admin = new Admin({ clientId: 'lab', bootstrapBrokers: [`127.0.0.1:${first.port('plaintext')}`], retries: 0 });
  try {
    const { brokers } = await admin.metadata({ topics: [] });
    if (![...brokers.values()].some(({ port }) => port === site.port('plaintext'))) throw new Error('the broker has not joined');
  } finally {
    await admin.close();
  }
}
