import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { activemq } from '../../../infra/local/servers/activemq.ts';
import type { Server } from '../../../infra/local/servers/server.ts';

/** More than a busy machine keeps a client from its heartbeats, two of which are in this time. */
const IDLE_MS = 10_000;
const MEMORY_MB = 192;
const HEAP_MB = 512;

/**
 * An ActiveMQ that gives up clients from which it hears nothing after ten seconds instead of thirty, and has room for the messages of
 * several that it has not given up yet.
 */
export const impatientActivemq: Server = {
  ...activemq,
  async prepare(site) {
    await activemq.prepare(site);
    const file = join(site.dir, 'activemq.xml');
    const xml = (await readFile(file, 'utf8'))
      .replace(/"amqp:[^"]+(?=")/, `$&?wireFormat.idleTimeout=${IDLE_MS}`)
      .replace(/(?<=<memoryUsage limit=")[^"]+/, `${MEMORY_MB}mb`);
    await writeFile(file, xml);
  },
  processes: (site) =>
    activemq.processes(site).map((process) => ({ ...process, args: process.args.map((arg) => arg.replace(/^-Xmx.*/, `-Xmx${HEAP_MB}m`)) })),
};
