import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { pageFiles } from '../../../src/cli/shared/page-files.ts';
import { consoleRoutes } from '../../../src/console/console-routes.ts';
import { pricesOf } from '../../../src/cost/prices.ts';
import type { Planner } from '../../../src/runtime/planner-api.ts';
import { RestLab } from '../rest/rest-lab.ts';
import { wordsTypes } from '../rest/words-type.ts';

export interface ConsoleLab extends AsyncDisposable {
  /** Where browsers find it: `http://127.0.0.1:4711`. */
  readonly url: string;
  /** The paths that were asked for, in their order. */
  readonly asked: readonly string[];
  readonly rest: RestLab;
  /** Connectors whose tasks were started by hand. */
  readonly runs: readonly string[];
}

/** The page and the API with the console's own, over the real planner and a table of its own, for connectors that need no server. */
export async function openConsoleLab(): Promise<ConsoleLab> {
  const runs: string[] = [];
  let planner: Planner | undefined;
  const routes = consoleRoutes({
    planner: { handle: (request) => (planner as Planner).handle(request) },
    types: wordsTypes,
    prices: pricesOf('us-east-1'),
    target: 'local',
    version: '0.1.0',
    cluster: 'test',
    loadFiles: pageFiles,
    startTasks: async (connector) => ({ started: runs.push(connector), running: 0 }),
    idleMonth: () => undefined,
  });
  const rest = await RestLab.open(routes);
  planner = rest.planner;
  const asked: string[] = [];
  const answer = (request: Request) => {
    asked.push(new URL(request.url).pathname);
    return rest.api(request);
  };
  const server = createServer(getRequestListener(answer, { overrideGlobalObjects: false })).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    rest,
    runs,
    asked,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      await rest[Symbol.asyncDispose]();
    },
  };
}
