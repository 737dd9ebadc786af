import { isFree } from './ports.ts';
import { servers } from './servers/registry.ts';
import { StackError } from './stack-error.ts';

const STEP = 20;
const FIRST = 2_000;
/** Highest port stays below 32768, where systems begin to hand out ports of outgoing connections. */
const CHOICES = 900;
const TRIES = 50;

/** A port offset at which every port of every server is free, chosen at random so that two callers at once rarely meet. */
export async function freeOffset(): Promise<number> {
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const offset = FIRST + STEP * Math.floor(Math.random() * CHOICES);
    const ports = servers.flatMap((server) => Object.values(server.ports).map((port) => port + offset));
    const free = await Promise.all(ports.map(isFree));
    if (free.every(Boolean)) return offset;
  }
  throw new StackError('no free range of ports was found', 'stop other stacks: npm run stack -- stop');
}
