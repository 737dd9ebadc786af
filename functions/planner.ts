import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { Context } from 'aws-lambda';
import { createPlanner } from '../src/runtime/planner/planner.ts';
import type { PlannerRequest, PlannerResponse } from '../src/runtime/planner-api.ts';
import { connectLogger } from './connect-logger.ts';
import { fitting } from './fitting-answer.ts';
import { packages } from './packages.ts';
import { createPlannerDeps } from './planner-deps.ts';
import { registryWith } from './registry.ts';

const logger = new Logger();
const metrics = new Metrics();
let deadline = 0;
let requestId = '';
const log = connectLogger(logger);
const deps = createPlannerDeps(
  log,
  () => deadline,
  () => requestId,
  await registryWith(packages),
);
const planner = createPlanner(deps);

/** The event of the stack's own schedule. */
interface AuditRequest {
  readonly action: 'audit';
}

/**
 * Answers the command line, a deployment and event sources. Failures are values of the response, except a retriable one of
 * `run`: its senders deliver asynchronously and never read a response, so it is thrown and Lambda delivers again.
 */
export async function handler(event: PlannerRequest | AuditRequest, context: Context): Promise<PlannerResponse> {
  deadline = Date.now() + context.getRemainingTimeInMillis();
  requestId = context.awsRequestId;
  logger.addContext(context);
  if (event?.action === 'audit') return { ok: true, result: await audit() };
  const response = await planner.handle(event);
  const { action, connector } = (event ?? {}) as { action?: PlannerRequest['action']; connector?: string };
  if (response.ok) {
    log.info('request done', { action, connector });
    return fitting(response);
  }
  const { code, message, remedy, retriable } = response.error;
  log.warn('request refused', { action, connector, code, reason: message, remedy });
  // Its senders, schedules, read no response either: an alarm looks at this.
  if (action === 'replan') metrics.singleMetric().addMetric('failedPlans', MetricUnit.Count, 1);
  if (action === 'run' && retriable) throw new Error(`${code}: ${message}`);
  return response;
}

async function audit(): Promise<object> {
  const { auditTasks } = await import('./audit.ts');
  const found = await auditTasks({ ...deps, loadQueues: deps.loadLetters }, Date.now(), AbortSignal.timeout(deadline - Date.now()));
  metrics.addMetric('failedTasks', MetricUnit.Count, found.failed.length);
  metrics.addMetric('staleTasks', MetricUnit.Count, found.stale.length);
  metrics.addMetric('stalledConnectors', MetricUnit.Count, found.stalled.length);
  metrics.publishStoredMetrics();
  if (found.failed.length + found.stale.length + found.stalled.length > 0) log.warn('tasks need attention', { ...found });
  return found;
}
