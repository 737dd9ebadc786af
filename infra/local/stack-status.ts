import { externalOf } from './external.ts';
import type { StackOptions } from './install/settings.ts';
import type { State } from './server-instance.ts';
import type { StackAddresses } from './servers/server.ts';
import { bind, select, withStackLock } from './stack-folder.ts';

export interface ServerStatus {
  readonly server: string;
  /** `external` means that the environment names the user's own server. */
  readonly state: State | 'external';
  readonly pid?: number;
  readonly addresses: Partial<StackAddresses>;
}

export async function stackStatus(options: StackOptions = {}): Promise<ServerStatus[]> {
  const instances = await bind(select(options.servers), options);
  return Promise.all(
    instances.map(async (instance): Promise<ServerStatus> => {
      const { server, site } = instance;
      const external = externalOf(instance);
      if (external) return { server: server.name, state: 'external', addresses: external };
      const [state, pid] = await Promise.all([instance.state(), instance.pid()]);
      return { server: server.name, state, ...(pid !== undefined && { pid }), addresses: server.addresses(site) };
    }),
  );
}

/** Stops the named servers, or all that run in the folder. Returns the names of those that ran. `graceMs` 0 kills them at once. */
export async function stopStack({ graceMs, ...options }: StackOptions & { readonly graceMs?: number } = {}): Promise<string[]> {
  const servers = select(options.servers);
  return withStackLock(options, async () => {
    const instances = await bind(servers, options);
    const ran = await Promise.all(instances.map((instance) => instance.stop(graceMs)));
    return instances.filter((_, index) => ran[index]).map(({ server }) => server.name);
  });
}

/** Returns the log files of the named servers, whether or not they exist yet. */
export async function stackLogs(options: StackOptions = {}): Promise<string[]> {
  return (await bind(select(options.servers), options)).flatMap(({ logs }) => logs);
}
