import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { didYouMean } from '../../src/kit/did-you-mean.ts';
import { programFolder } from './install/installer.ts';
import { withLock } from './install/lock.ts';
import { dataDirOf, libDir, portOffsetOf, type StackOptions } from './install/settings.ts';
import { StackError } from './install/stack-error.ts';
import { ServerInstance } from './server-instance.ts';
import { servers as registry } from './servers/registry.ts';
import type { Server } from './servers/server.ts';

/** A command waits this long for another one on the same folder, because a first start may be downloading. */
const LOCK_WAIT_MS = 15 * 60_000;

/** Returns the servers of these names, or all known servers if there are no names. */
export function select(names: readonly string[] | undefined): readonly Server[] {
  if (!names?.length) return registry;
  return [...new Set(names)].map((name) => {
    const server = registry.find((candidate) => candidate.name === name);
    if (server) return server;
    const names = registry.map((known) => known.name);
    const meant = didYouMean(name, names);
    const hint = meant === undefined ? '' : `; did you mean ${meant}?`;
    throw new StackError(`there is no server ${name}${hint}`, `choose from ${names.join(', ')}`);
  });
}

/** Adds the servers that these are parts of. Each comes once, and before its parts. */
export const withWholes = (servers: readonly Server[]): readonly Server[] => [
  ...new Set(servers.flatMap((server) => (server.partOf === undefined ? [server] : [server.partOf, server]))),
];

export function withStackLock<T>(options: StackOptions, work: () => Promise<T>): Promise<T> {
  return withLock(join(dataDirOf(options), 'stack.lock'), LOCK_WAIT_MS, work);
}

/** Binds servers to the stack's folder and ports. */
export async function bind(servers: readonly Server[], options: StackOptions): Promise<ServerInstance[]> {
  const dataDir = dataDirOf(options);
  const portOffset = portOffsetOf(options) ?? (await recordedOffset(dataDir)) ?? 0;
  return Promise.all(
    servers.map(async (server) => {
      const { name } = server.partOf ?? server;
      return new ServerInstance(server, { dataDir, portOffset, programs: await programFolder(server.installer, name, libDir()) });
    }),
  );
}

/** Keeps the port offset for later commands. Throws if servers of this folder run at another one. */
export async function recordOffset(options: StackOptions): Promise<void> {
  const dataDir = dataDirOf(options);
  const recorded = await recordedOffset(dataDir);
  const wanted = portOffsetOf(options) ?? recorded ?? 0;
  if (wanted === recorded) return;
  const states = await Promise.all((await bind(registry, options)).map((instance) => instance.state()));
  if (states.some((state) => state !== 'stopped'))
    throw new StackError(
      `the stack in ${dataDir} runs at port offset ${recorded}`,
      `stop it first, or start another one beside it with --port-offset ${wanted} --data-dir DIR`,
    );
  await mkdir(dataDir, { recursive: true });
  await writeFile(recordFile(dataDir), JSON.stringify({ portOffset: wanted }));
}

async function recordedOffset(dataDir: string): Promise<number | undefined> {
  return readFile(recordFile(dataDir), 'utf8').then(
    (text) => (JSON.parse(text) as { portOffset: number }).portOffset,
    () => undefined,
  );
}

const recordFile = (dataDir: string): string => join(dataDir, 'stack.json');
