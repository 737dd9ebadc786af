import { once } from 'node:events';
import { createServer } from 'node:net';
import { StackError } from './install/stack-error.ts';
import { isFree } from './ports.ts';
import { servers } from './servers/registry.ts';

const STEP = 20;
const FIRST = 2_000;
/** Highest port stays below 32768, where systems begin to hand out ports of outgoing connections. */
const CHOICES = 900;
const TRIES = 50;

/**
 * A port offset at which every port of every server is free, chosen at random. It is this process's until that ends: the ports of a server
 * that is about to start look free for seconds.
 */
export async function freeOffset(): Promise<number> {
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const offset = FIRST + STEP * Math.floor(Math.random() * CHOICES);
    const ports = servers.flatMap((server) => Object.values(server.ports).map((port) => port + offset));
    const free = await Promise.all(ports.map(isFree));
    if (free.every(Boolean) && (await reserve(offset))) return offset;
  }
  throw new StackError('no free range of ports was found', 'stop other stacks: npm run stack -- stop');
}

/** False where another process has it, or this one from an earlier call. Linux alone has sockets that are names and no files. */
async function reserve(offset: number): Promise<boolean> {
  if (process.platform !== 'linux') return true;
  const name = createServer().listen(`\0rocketmq-connect-ports-${offset}`);
  return once(name, 'listening').then(
    () => name.unref().listening,
    () => false,
  );
}
