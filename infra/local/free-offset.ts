import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { StackError } from './install/stack-error.ts';
import { isFree } from './ports.ts';
import { servers } from './servers/registry.ts';

const STEP = 20;
const FIRST = 2_000;
/** Linux gives ports from here to outgoing connections. A server that restarts could find such a port taken. */
const FIRST_OUTGOING = 32_768;
const TRIES = 50;

const ports = servers.flatMap((server) => Object.values(server.ports));
const CHOICES = Math.ceil((FIRST_OUTGOING - FIRST - Math.max(...ports)) / STEP);

/**
 * Returns a port offset, chosen at random, at which every port of every server is free. It reserves the ports until this process ends,
 * because the ports of a server that is about to start, or to restart, look free to another process.
 */
export async function freeOffset(): Promise<number> {
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const offset = FIRST + STEP * Math.floor(Math.random() * CHOICES);
    const wanted = ports.map((port) => port + offset);
    const free = await Promise.all(wanted.map(isFree));
    if (free.every(Boolean) && (await reserve(wanted))) return offset;
  }
  throw new StackError('no free range of ports was found', 'stop other stacks: npm run stack -- stop');
}

/**
 * Returns false if another process, or an earlier call, has reserved one of the ports. Only Linux has sockets that are names and not files.
 */
async function reserve(wanted: readonly number[]): Promise<boolean> {
  if (process.platform !== 'linux') return true;
  const names = wanted.map((port) => createServer().listen(`\0rocketmq-connect-port-${port}`));
  const isReserved = (await Promise.all(names.map(listens))).every(Boolean);
  for (const name of names) {
    if (isReserved) name.unref();
    else name.close();
  }
  return isReserved;
}

function listens(name: Server): Promise<boolean> {
  return once(name, 'listening').then(
    () => true,
    () => false,
  );
}
