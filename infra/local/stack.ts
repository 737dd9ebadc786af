import { rm } from 'node:fs/promises';
import { externalOf } from './external.ts';
import { installOnce } from './install/installer.ts';
import { dataDirOf, type StackOptions } from './install/settings.ts';
import { StackError } from './install/stack-error.ts';
import { isFree } from './ports.ts';
import type { ServerInstance } from './server-instance.ts';
import { defaultServers } from './servers/registry.ts';
import type { Server, StackAddresses } from './servers/server.ts';
import { bind, recordOffset, select, withStackLock, withWholes } from './stack-folder.ts';

export type { StackOptions } from './install/settings.ts';
export type { StackAddresses } from './servers/server.ts';

/** A running stack. */
export interface Stack {
  /** The addresses of the servers that were asked for. Those of other servers are undefined. */
  readonly addresses: StackAddresses;
  /** Stops the servers that were asked for and keeps their data. */
  stop(): Promise<void>;
  /** Kills the servers that were asked for and removes the stack's folder, whatever else it holds. */
  discard(): Promise<void>;
  /** Stops the server's processes, if they still run, and starts them on the same data and ports. */
  restart(server: string): Promise<void>;
  /** Sends a signal to the server itself (RocketMQ: broker and proxy) and returns at once. */
  kill(server: string, signal: 'SIGKILL' | 'SIGTERM' | 'SIGSTOP' | 'SIGCONT'): Promise<void>;
  pid(server: string): Promise<number | undefined>;
}

/**
 * Starts what does not run yet, and returns when everything answers. It does not start a server whose address the environment gives. Throws
 * StackError, after it has stopped everything that this call started.
 */
export async function startStack(options: StackOptions = {}): Promise<Stack> {
  const servers = withWholes(select(options.servers ?? defaultServers));
  const external: Partial<StackAddresses> = {};
  const instances = await withStackLock(options, async () => {
    await recordOffset(options);
    const all = await bind(servers, options);
    for (const instance of all) Object.assign(external, externalOf(instance));
    const bound = all.filter((instance) => externalOf(instance) === undefined);
    const states = await Promise.all(bound.map((instance) => instance.state()));
    await startAll(
      bound.filter((_, index) => states[index] !== 'running'),
      options,
    );
    await Promise.all(bound.map((instance) => instance.ready(options.signal)));
    return bound;
  });
  const find = (name: string): ServerInstance => {
    const instance = instances.find(({ server }) => server.name === name);
    if (instance) return instance;
    throw new Error(`${name} is not a server that this stack started`);
  };
  const addresses = Object.assign({}, external, ...instances.map(({ server, site }) => server.addresses(site))) as StackAddresses;
  return {
    addresses,
    stop: () => withStackLock(options, () => stopAll(instances)),
    discard: async () => {
      await withStackLock(options, () => stopAll(instances, 0));
      await rm(dataDirOf(options), { recursive: true, force: true, maxRetries: 10 });
    },
    restart: (name) =>
      withStackLock(options, async () => {
        await find(name).stop();
        await startAll([find(name)], options);
      }),
    async kill(name, signal) {
      const pid = await find(name).pid();
      if (pid === undefined) throw new Error(`${name} is not running`);
      process.kill(pid, signal);
    },
    pid: (name) => find(name).pid(),
  };
}

async function startAll(instances: readonly ServerInstance[], options: StackOptions): Promise<void> {
  if (instances.length === 0) return;
  const progress = options.onProgress ?? (() => {});
  for (const met of new Set(instances.map(({ server }) => server.installer.requirements))) await met();
  // The remains of a server that half died would only be in the way.
  await stopAll(instances);
  for (const instance of instances) await requirePorts(instance);
  for (const { server, site } of instances) await installOnce(server.installer, site.programs, server.name, progress);
  // A part finds its whole here, because wholes come before their parts.
  const starts = new Map<Server | undefined, Promise<void>>();
  const start = async (instance: ServerInstance): Promise<void> => {
    await starts.get(instance.server.partOf);
    const began = Date.now();
    await instance.start(options.signal);
    progress(`${instance.server.name}: ready after ${((Date.now() - began) / 1000).toFixed(1)} s`);
  };
  for (const instance of instances) starts.set(instance.server, start(instance));
  const results = await Promise.allSettled(starts.values());
  const failed = results.find((result) => result.status === 'rejected');
  if (failed === undefined) return;
  await stopAll(instances);
  throw failed.reason;
}

async function stopAll(instances: readonly ServerInstance[], graceMs?: number): Promise<void> {
  await Promise.all(instances.map((instance) => instance.stop(graceMs)));
}

async function requirePorts(instance: ServerInstance): Promise<void> {
  for (const port of instance.ports) {
    if (await isFree(port)) continue;
    throw new StackError(
      `another program uses port ${port} of ${instance.server.name}`,
      'stop that program, or use other ports with --port-offset N (or STACK_PORT_OFFSET=N)',
    );
  }
}
