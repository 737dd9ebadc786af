import { Hono } from 'hono';
import type { Logger } from '../api/index.ts';
import type { ConnectorTypes } from '../config/parse-connector-file.ts';
import type { Planner } from '../runtime/planner-api.ts';
import { LogLevel } from './answers/log-level.ts';
import { notFound, RestError, toRestError } from './answers/rest-error.ts';
import { type Answer, type Call, ok, type Route } from './answers/route.ts';
import { guard } from './guard.ts';
import { openApi } from './openapi.ts';
import { readBody } from './read-body.ts';
import type { Context } from './routes/context.ts';
import { routes } from './routes/routes.ts';

export interface RestApiOptions {
  readonly planner: Planner;
  /** The connector types that a configuration can name. */
  readonly registry: { readonly connectorTypes: ConnectorTypes };
  /** Of this product. */
  readonly version: string;
  readonly logger: Logger;
  /** How much is logged. Default: from INFO on. */
  readonly logLevel?: LogLevel;
  /** Names in `Host` that are served besides addresses and `localhost`. Default none. */
  readonly hosts?: readonly string[];
  /** `host:port`, as clients show it beside each task. Default `localhost:8083`. */
  readonly worker?: string;
  /** What clients show as the cluster. Default `rocketmq-connect`. */
  readonly cluster?: string;
  /** Where a browser that opens `/` goes, such as `/console/`. Default: nowhere, it sees what clients see. */
  readonly home?: string;
  /** More endpoints. */
  readonly more?: readonly Route[];
}

/** Makes the API of Kafka Connect over a planner: a function from a request to its answer, which never rejects. */
export function createRestApi(options: RestApiOptions): (request: Request) => Promise<Response> {
  const { planner, registry, version, logger, logLevel = new LogLevel(), hosts = [], more = [] } = options;
  const context: Context = {
    planner,
    types: registry.connectorTypes,
    worker: { worker_id: options.worker ?? 'localhost:8083', version },
    cluster: options.cluster ?? 'rocketmq-connect',
    logLevel,
    ...(options.home !== undefined && { home: options.home }),
  };
  const own = new Set(hosts.map((host) => host.toLowerCase()));
  const app = new Hono({ strict: false });
  app.use(async ({ req }, next) => {
    guard(req.raw, own);
    await next();
  });
  const table = allRoutes(context, more);
  for (const each of table) {
    app.on(each.method, each.path, async ({ req }) =>
      respond(await each.handle((await callOf(req.raw, req.param(), each)) as Call<never>)),
    );
  }
  for (const [path, methods] of Map.groupBy(table, (each) => each.path)) {
    const allowed = methods.map(({ method }) => method).join(', ');
    app.all(path, ({ req }) => failure(new RestError(405, `${req.method} is not allowed here; use ${allowed}`), { Allow: allowed }));
  }
  app.notFound(({ req }) => failure(notFound(`there is nothing at ${JSON.stringify(req.path)}; see /openapi.json`)));
  app.onError((error, { req }) => {
    const told = toRestError(error);
    if (told.status >= 500) logLevel.of(logger).error('a request failed', { method: req.method, path: req.path, error });
    return failure(told);
  });
  return async (request) => app.fetch(request);
}

/** All endpoints, and one that describes them. */
export function allRoutes(context: Context, more: readonly Route[] = []): readonly Route[] {
  const { version } = context.worker;
  const described: Route = {
    method: 'GET',
    path: '/openapi.json',
    summary: 'Describe this API',
    answers: { 200: 'OpenApi' },
    handle: async () => ok(openApi(table, version)),
  };
  const table = [...routes(context), ...more, described];
  return table;
}

async function callOf(request: Request, params: Record<string, string>, { body }: Route): Promise<Call> {
  return {
    params,
    query: new URL(request.url).searchParams,
    headers: request.headers,
    accept: request.headers.get('accept') ?? '',
    body: await readBody(request, body),
  };
}

const HEADERS = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' };

function respond({ status, body, text, location, headers: more }: Answer): Response {
  const headers = { ...HEADERS, ...(location !== undefined && { location }), ...more };
  if (text !== undefined) return new Response(text.content, { status, headers: { ...headers, 'content-type': text.type } });
  return body === undefined ? new Response(null, { status, headers }) : Response.json(body, { status, headers });
}

const failure = ({ status, message }: RestError, headers: Record<string, string> = {}): Response =>
  Response.json({ error_code: status, message }, { status, headers: { ...HEADERS, ...headers } });
