import { Logger } from '@aws-lambda-powertools/logger';
import { LambdaClient } from '@aws-sdk/client-lambda';
import type { APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import { askPlanner } from '../src/cli/target/planner-function.ts';
import { pricesOf } from '../src/cost/prices.ts';
import { createApiHandler } from './api-handler.ts';
import { connectLogger } from './connect-logger.ts';
import { fromEnvironment } from './environment.ts';
import type { HttpEvent } from './http-event.ts';
import { packages } from './packages.ts';
import { registryWith } from './registry.ts';

/** API Gateway gives up after 30 s, a cold start included. */
const LIMIT_MS = 25_000;

const logger = new Logger();
const name = fromEnvironment('CONNECT_PLANNER');
// An answer that is late is not waited for, so a connection that stays silent needs no limit of its own.
const client = new LambdaClient({ maxAttempts: 3, requestHandler: { connectionTimeout: 3_000 } });
const planner = { client, name, remedy: 'deploy it with this function' };
const answer = createApiHandler({
  ask: (request, signal) => askPlanner(planner, request, signal),
  limitMs: LIMIT_MS,
  registry: await registryWith(packages),
  cluster: name,
  // The bundle has it.
  version: process.env.ROCKETMQ_CONNECT_VERSION ?? '0.0.0',
  prices: pricesOf(process.env.AWS_REGION).prices,
  logger: connectLogger(logger),
});

/** Answers Kafka Connect's REST API behind an HTTP API of API Gateway. */
export async function handler(event: HttpEvent, context: Context): Promise<APIGatewayProxyStructuredResultV2> {
  logger.addContext(context);
  return answer(event);
}
