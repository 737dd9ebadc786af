import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { ConnectError } from '../../api/index.ts';
import { createRestApi, type RestApiOptions } from '../../rest/rest-api.ts';
import { productVersion } from './product-version.ts';

export interface ServeOptions extends Pick<RestApiOptions, 'planner' | 'registry' | 'logger' | 'cluster' | 'home' | 'more'> {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** Names in `Host` that are served besides addresses, `localhost` and `host`. */
  readonly hosts: readonly string[];
}

export interface RestServer {
  /** `http://127.0.0.1:8083` */
  readonly url: string;
  /** Ends connections at once. What the planner is doing is repeatable. */
  close(): void;
}

/** Listens. Throws CONFIG_INVALID where it can't, with the remedy. */
export async function serveRest({ host, port, hosts, ...options }: ServeOptions): Promise<RestServer> {
  const version = await productVersion();
  const server = createServer();
  server.listen(port, host);
  // It rejects with the error that the server emits.
  await once(server, 'listening').catch((error: NodeJS.ErrnoException) => {
    throw refusal(error, host, port);
  });
  // Nothing is awaited from here on: a request that comes before there is a listener is never answered.
  const { port: taken } = server.address() as AddressInfo;
  const worker = `${host.includes(':') ? `[${host}]` : host}:${taken}`;
  const api = createRestApi({ ...options, version, worker, hosts: [host, ...hosts] });
  server.on('request', getRequestListener(api, { overrideGlobalObjects: false }));
  return {
    url: `http://${worker}`,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

function refusal(error: NodeJS.ErrnoException, host: string, port: number): ConnectError {
  const remedies: Partial<Record<string, readonly [problem: string, remedy: string]>> = {
    EADDRINUSE: ['is in use', 'end the program that listens there, or choose another port with --port'],
    EACCES: ['may not be used by this user', 'choose a port from 1024 on with --port'],
    EADDRNOTAVAIL: ['is no address of this machine', 'choose another one with --host, such as 127.0.0.1'],
    ENOTFOUND: ['is no address of this machine', 'choose another one with --host, such as 127.0.0.1'],
  };
  const [problem, remedy] = remedies[error.code ?? ''] ?? [`can't be used: ${error.message}`, 'choose others with --host and --port'];
  return new ConnectError('CONFIG_INVALID', `--port: ${host}:${port} ${problem}`, { remedy, cause: error });
}
