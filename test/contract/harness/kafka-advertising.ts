import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { kafka } from '../../../infra/local/servers/kafka.ts';
import type { Server } from '../../../infra/local/servers/server.ts';

/** A Kafka with one listener more, `proxied`, whose clients it sends on to `address`: brokers name their own addresses. */
export const kafkaAdvertising = (address: string): Server => ({
  ...kafka,
  ports: { ...kafka.ports, proxied: 9098 },
  async prepare(site) {
    await kafka.prepare(site);
    const file = join(site.dir, 'server.properties');
    const properties = (await readFile(file, 'utf8'))
      .replace(/^listeners=/m, `listeners=PROXIED://127.0.0.1:${site.port('proxied')},`)
      .replace(/^advertised.listeners=/m, `advertised.listeners=PROXIED://${address},`)
      .replace(/^listener.security.protocol.map=/m, 'listener.security.protocol.map=PROXIED:PLAINTEXT,');
    await writeFile(file, properties);
  },
});
