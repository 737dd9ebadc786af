import type { ConnectorSpec } from '../config/connector-spec.ts';
import type { Invocation, TaskDeps, TaskOutcome } from '../runtime/run/contracts.ts';
import { type Resource, traceRequest } from './otlp.ts';
import { sendTrace } from './send-trace.ts';

/**
 * Sends a span for a run that moved records or failed, to the collector that the environment names. It takes a second at most, and never
 * throws.
 */
export async function traceRun(
  { connector, task, type = '', summary }: TaskOutcome,
  { direction, rocketmq }: ConnectorSpec,
  { resolveSecrets, logger }: Pick<TaskDeps, 'resolveSecrets' | 'logger'>,
  { owner, queued = false }: Pick<Invocation, 'owner' | 'queued'>,
): Promise<void> {
  const { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint = '', OTEL_EXPORTER_OTLP_HEADERS: headers = '' } = process.env;
  const didSomething = summary !== undefined && (summary.records > 0 || summary.deadLetters > 0 || summary.error !== undefined);
  if (endpoint === '' || !didSomething) return;
  const { topic } = rocketmq;
  const resource = resourceOf(process.env);
  const invocation = resource.function === undefined ? {} : { invocation: owner };
  const run = { connector, task, type, direction, ...(topic !== undefined && { topic }), summary, ...invocation, queued };
  const problem = await sendTrace(traceRequest(run, resource), { endpoint, headers }, resolveSecrets);
  if (problem !== undefined) logger.warn('span not sent', { connector, task, reason: problem });
}

function resourceOf(environment: NodeJS.ProcessEnv): Resource {
  const { OTEL_SERVICE_NAME, POWERTOOLS_SERVICE_NAME, AWS_LAMBDA_FUNCTION_NAME: name, AWS_REGION: region } = environment;
  return {
    service: OTEL_SERVICE_NAME || POWERTOOLS_SERVICE_NAME || 'rocketmq-connect',
    ...(name !== undefined && { function: name, ...(region !== undefined && { region }) }),
  };
}
