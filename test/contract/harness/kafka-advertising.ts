import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { kafka } from '../../../infra/local/servers/kafka.ts';
import type { Server } from '../../../infra/local/servers/server.ts';

const FIRST_PORT = 9098;

/** What the port of this listener is called. */
export const proxiedPort = (index: number): string => `proxied${index}`;

/** A Kafka with one listener more for each address, whose clients it sends on to there: brokers name their own addresses. */
export const kafkaAdvertising = (addresses: readonly string[]): Server => ({
  ...kafka,
  ports: { ...kafka.ports, ...Object.fromEntries(addresses.map((_, index) => [proxiedPort(index), FIRST_PORT + index])) },
  async prepare(site) {
    await kafka.prepare(site);
    const listed = (entry: (index: number) => string) => addresses.map((_, index) => `${entry(index)},`).join('');
    const file = join(site.dir, 'server.properties');
    const properties = (await readFile(file, 'utf8'))
      .replace(/^listeners=/m, `$&${listed((index) => `PROXIED${index}://127.0.0.1:${site.port(proxiedPort(index))}`)}`)
      .replace(/^advertised.listeners=/m, `$&${listed((index) => `PROXIED${index}://${addresses[index]}`)}`)
      .replace(/^listener.security.protocol.map=/m, `$&${listed((index) => `PROXIED${index}:PLAINTEXT`)}`);
    await writeFile(file, properties);
  },
});
