import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import type { Logger } from '../src/api/index.ts';
import { metricsRoute } from '../src/cli/shared/metrics-route.ts';
import type { Registry } from '../src/connectors/packages.ts';
import type { Prices } from '../src/cost/prices.ts';
import { LogLevel } from '../src/rest/answers/log-level.ts';
import { toRestError } from '../src/rest/answers/rest-error.ts';
import { createRestApi } from '../src/rest/rest-api.ts';
import { callerOf, failed, type HttpEvent, requestOf, resultOf } from './http-event.ts';
import { type InTimeOptions, inTime } from './in-time.ts';

export interface ApiDeps extends Pick<InTimeOptions, 'ask' | 'limitMs'> {
  readonly registry: Pick<Registry, 'connectorTypes'>;
  /** The name of the planner function, which clients show as the cluster. */
  readonly cluster: string;
  readonly version: string;
  readonly prices: Prices;
  readonly logger: Logger;
}

/** Makes the function behind API Gateway. It never rejects. */
export function createApiHandler({ ask, limitMs, registry, cluster, version, prices, logger }: ApiDeps) {
  const logLevel = new LogLevel();
  const respond = async (event: HttpEvent): Promise<Response> => {
    const actor = callerOf(event);
    // Only a route without an authorizer would let such a request come here.
    if (actor === undefined) return failed(403, 'API Gateway does not say who asks; give each route an authorizer');
    const request = requestOf(event);
    const { domainName } = event.requestContext;
    // One for each event, as the planner that it asks is one for each event: 30 routes cost less than a millisecond.
    const answer = (planner: InTimePlanner) =>
      createRestApi({
        ...{ planner, registry, version, logger, logLevel, cluster },
        hosts: [domainName],
        worker: `${domainName}:443`,
        more: [metricsRoute(planner, prices)],
      })(request);
    return inTime(answer, { ask, actor, limitMs });
  };
  return async (event: HttpEvent): Promise<APIGatewayProxyStructuredResultV2> => {
    const response = await respond(event).catch((error: unknown) => {
      const { status, message } = toRestError(error);
      if (status >= 500) logger.error('a request failed', { error: error as Error });
      return failed(status, message);
    });
    if (response.status === 202 && response.headers.has('location')) logger.info('a request goes on', { path: event.rawPath });
    return resultOf(response);
  };
}

type InTimePlanner = Parameters<Parameters<typeof inTime>[0]>[0];
