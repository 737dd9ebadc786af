import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { javaTool } from '../install/java.ts';
import { mavenJars } from '../install/maven.ts';
import { amqpAnswers } from './amqp-answers.ts';
import { brokerXml } from './artemis-xml.ts';
import { listens } from './listens.ts';
import { certify } from './pem-certificates.ts';
import type { Server } from './server.ts';

/** ActiveMQ Artemis, embedded in its own smallest program. It accepts everyone. Its TLS port also takes names from certificates. */
export const artemis: Server = {
  name: 'artemis',
  installer: mavenJars(new URL('../artemis/pom.xml', import.meta.url)),
  ports: { amqps: 5691, amqp: 5692, core: 5693 },

  external: (env) => (env.CONNECT_ARTEMIS_URL ? { artemis: env.CONNECT_ARTEMIS_URL } : undefined),
  addresses: (site) => ({
    artemis: `amqp://127.0.0.1:${site.port('amqp')}`,
    artemisCore: `tcp://127.0.0.1:${site.port('core')}`,
    artemisTls: `amqps://127.0.0.1:${site.port('amqps')}`,
    artemisCaFile: join(site.dir, 'ca.pem'),
    artemisCertFile: join(site.dir, 'client.pem'),
    artemisKeyFile: join(site.dir, 'client-key.pem'),
  }),

  async prepare(site) {
    await mkdir(join(site.dir, 'etc'), { recursive: true });
    await certify(site.dir, 'connect');
    const pair = `source.key=${join(site.dir, 'server-key.pem')}\nsource.cert=${join(site.dir, 'server.pem')}\n`;
    await writeFile(join(site.dir, 'etc', 'server.pemcfg'), pair);
    await writeFile(join(site.dir, 'etc', 'broker.xml'), brokerXml(site));
  },

  processes: (site) => [
    {
      name: 'artemis',
      command: javaTool('java'),
      args: [
        '-Xms32m',
        `-Xmx${site.heapMb('ARTEMIS', 256)}m`,
        '-XX:+UseSerialGC',
        '-XX:TieredStopAtLevel=1',
        '-Dorg.slf4j.simpleLogger.defaultLogLevel=error',
        '-Dorg.slf4j.simpleLogger.showDateTime=true',
        '-cp',
        join(site.programs, '*'),
        'org.apache.activemq.artemis.core.server.embedded.Main',
        `${site.dir}/`,
      ],
      ready: async () => {
        await amqpAnswers(site.port('amqp'));
        for (const port of ['amqps', 'core']) await listens(site.port(port));
      },
    },
  ],
};
