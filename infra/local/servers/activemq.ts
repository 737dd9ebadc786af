import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { javaTool } from '../install/java.ts';
import { mavenJars } from '../install/maven.ts';
import { ALL, activemqXml, LIMITED } from './activemq-xml.ts';
import { amqpAnswers } from './amqp-answers.ts';
import { certify } from './java-key-store.ts';
import type { Server } from './server.ts';

const user = { activemqUsername: 'connect', activemqLimitedUsername: 'limited', activemqPassword: 'connect-secret' };
const users = [
  { name: user.activemqUsername, password: user.activemqPassword, group: ALL },
  { name: user.activemqLimitedUsername, password: user.activemqPassword, group: LIMITED },
];

/** ActiveMQ Classic. It takes clients without a name, `connect`, and `limited`, who may only read queues whose names start with `open.`. */
export const activemq: Server = {
  name: 'activemq',
  installer: mavenJars(new URL('../activemq/pom.xml', import.meta.url)),
  ports: { amqps: 5681, amqp: 5682, openwire: 5683 },

  external: (env) => (env.CONNECT_ACTIVEMQ_URL ? { activemq: env.CONNECT_ACTIVEMQ_URL } : undefined),
  addresses: (site) => ({
    activemq: `amqp://127.0.0.1:${site.port('amqp')}`,
    activemqTls: `amqps://127.0.0.1:${site.port('amqps')}`,
    activemqOpenwire: `tcp://127.0.0.1:${site.port('openwire')}`,
    activemqCaFile: join(site.dir, 'ca.pem'),
    ...user,
  }),

  async prepare(site) {
    await mkdir(site.dir, { recursive: true });
    await certify(site.dir);
    await writeFile(join(site.dir, 'activemq.xml'), activemqXml(site, users));
  },

  processes: (site) => [
    {
      name: 'activemq',
      command: javaTool('java'),
      args: [
        '-Xms32m',
        `-Xmx${site.heapMb('ACTIVEMQ', 320)}m`,
        '-XX:+UseSerialGC',
        '-XX:TieredStopAtLevel=1',
        '-Dorg.slf4j.simpleLogger.defaultLogLevel=error',
        '-Dorg.slf4j.simpleLogger.showDateTime=true',
        '-cp',
        join(site.programs, '*'),
        'org.apache.activemq.console.command.ShellCommand',
        'start',
        `xbean:file:${join(site.dir, 'activemq.xml')}`,
      ],
      ready: () => amqpAnswers(site.port('amqp')),
    },
  ],
};
