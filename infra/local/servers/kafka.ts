import { execFile } from 'node:child_process';
import { access, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { javaTool } from '../install/java.ts';
import { mavenJars } from '../install/maven.ts';
import { certify, storePassword } from './java-key-store.ts';
import { serverProperties } from './kafka-properties.ts';
import type { Server, Site } from './server.ts';

const run = promisify(execFile);

/** The one user, for every SASL mechanism. */
const user = { kafkaUsername: 'connect', kafkaPassword: 'connect-secret' };
/** Any 16 bytes. They are the same for every stack, because clients may keep them over a restart. */
const CLUSTER_ID = 'MkU3OEVBNTcwNTJENDM2Qg';

/** One Kafka node, broker and controller in one process. */
export const kafka: Server = {
  name: 'kafka',
  installer: mavenJars(new URL('../kafka/pom.xml', import.meta.url)),
  ports: { plaintext: 9092, controller: 9093, sasl: 9094, tls: 9095, saslTls: 9096 },

  external: (env) => (env.CONNECT_KAFKA_BOOTSTRAP_SERVERS ? { kafka: env.CONNECT_KAFKA_BOOTSTRAP_SERVERS } : undefined),
  addresses: (site) => ({
    kafka: `127.0.0.1:${site.port('plaintext')}`,
    kafkaSasl: `127.0.0.1:${site.port('sasl')}`,
    kafkaTls: `127.0.0.1:${site.port('tls')}`,
    kafkaSaslTls: `127.0.0.1:${site.port('saslTls')}`,
    kafkaCaFile: join(site.dir, 'ca.pem'),
    ...user,
  }),

  async prepare(site) {
    await mkdir(site.dir, { recursive: true });
    await certify(site.dir);
    await writeFile(join(site.dir, 'server.properties'), serverProperties(site, user, storePassword));
    await format(site);
  },

  processes: (site) => [
    {
      name: 'kafka',
      command: javaTool('java'),
      args: [...java(site, site.heapMb('KAFKA', 256)), 'kafka.Kafka', join(site.dir, 'server.properties')],
      ready: () => answers(`127.0.0.1:${site.port('plaintext')}`),
    },
  ],
};

function java(site: Site, heapMb: number): string[] {
  return [
    '-Xms64m',
    `-Xmx${heapMb}m`,
    '-XX:+UseSerialGC',
    '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn',
    '-Dorg.slf4j.simpleLogger.showDateTime=true',
    '-cp',
    join(site.programs, '*'),
  ];
}

/** Makes the empty store with its SCRAM users. It leaves a store that has its meta.properties alone. */
async function format(site: Site): Promise<void> {
  const data = join(site.dir, 'data');
  const formatted = await access(join(data, 'meta.properties')).then(
    () => true,
    () => false,
  );
  if (formatted) return;
  await rm(data, { recursive: true, force: true });
  const scram = ['SCRAM-SHA-256', 'SCRAM-SHA-512'].flatMap((mechanism) => [
    '--add-scram',
    `${mechanism}=[name=${user.kafkaUsername},password=${user.kafkaPassword}]`,
  ]);
  await run(javaTool('java'), [
    ...java(site, 64),
    'kafka.tools.StorageTool',
    'format',
    ...['-t', CLUSTER_ID, '-c', join(site.dir, 'server.properties')],
    ...scram,
  ]);
}

async function answers(address: string): Promise<void> {
  const { Admin } = await import('@platformatic/kafka');
  const admin = new Admin({ clientId: 'stack', bootstrapBrokers: [address], retries: 0, connectTimeout: 1_000, timeout: 2_000 });
  try {
    await admin.metadata({ topics: [] });
  } finally {
    await admin.close();
  }
}
