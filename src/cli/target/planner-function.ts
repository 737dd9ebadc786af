import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import { ConnectError } from '../../api/index.ts';
import { awsError } from '../../aws/errors.ts';
import type { ConnectorMetrics, MetricsResult, PlannerRequest, PlannerResponse, StatusResult } from '../../runtime/planner-api.ts';

export interface PlannerFunction {
  readonly client: LambdaClient;
  /** Its name, or its ARN. */
  readonly name: string;
  /** What helps where there is no such function. */
  readonly remedy: string;
}

type Ask = (request: PlannerRequest) => Promise<PlannerResponse>;

/** What the history of a connector keeps. */
const CHANGES: ReadonlySet<PlannerRequest['action']> = new Set([
  ...(['apply', 'replan', 'rollback', 'snapshot', 'alter-offsets', 'skip', 'redrive', 'drop'] as const),
  ...(['pause', 'stop', 'resume', 'restart', 'delete'] as const),
]);

export const isChange = ({ action }: PlannerRequest): boolean => CHANGES.has(action);

/**
 * Invokes the planner function, and joins the pages of an answer that is too long for one invocation. `signal` ends the wait. The planner
 * completes what it was asked all the same. Throws ConnectError where the function can't be invoked or fails.
 */
export async function askPlanner(planner: PlannerFunction, request: PlannerRequest, signal?: AbortSignal): Promise<PlannerResponse> {
  const ask: Ask = (next) => invoke(planner, next, signal);
  const first = await ask(request);
  return request.action === 'metrics' ? allMetrics(first, ask) : allPages(first, ask);
}

/** Joins the pages of a status that is too long for one answer. */
async function allPages(first: PlannerResponse, ask: Ask): Promise<PlannerResponse> {
  let { next, ...status } = ((first.ok && first.result) || {}) as StatusResult;
  // Who asks for an overview asks for its pages, too.
  if (next === undefined || status.taskStatus === undefined) return first;
  while (next !== undefined) {
    const page: PlannerResponse = await ask({ action: 'status', connector: status.name, from: next });
    if (!page.ok) return page;
    const { taskStatus, next: after } = page.result as StatusResult;
    status = { ...status, taskStatus: [...status.taskStatus, ...taskStatus] };
    next = after;
  }
  return { ok: true, result: status };
}

/** Joins the pages of metrics. */
async function allMetrics(first: PlannerResponse, ask: Ask): Promise<PlannerResponse> {
  const connectors: ConnectorMetrics[] = [];
  for (let response = first; ; ) {
    if (!response.ok) return response;
    const page = response.result as MetricsResult;
    connectors.push(...page.connectors);
    if (page.next === undefined) return { ok: true, result: { connectors } satisfies MetricsResult };
    response = await ask({ action: 'metrics', from: page.next });
  }
}

async function invoke({ client, name, remedy }: PlannerFunction, request: PlannerRequest, signal?: AbortSignal): Promise<PlannerResponse> {
  const command = new InvokeCommand({ FunctionName: name, Payload: Buffer.from(JSON.stringify(request)) });
  const answer = await client.send(command, signal && { abortSignal: signal }).catch((error: unknown) => {
    throw awsError(error, { what: `function ${name}`, createIt: remedy });
  });
  const payload = Buffer.from(answer.Payload ?? []).toString();
  if (answer.FunctionError !== undefined) {
    const { errorMessage = payload } = parse(payload) as { errorMessage?: string };
    throw new ConnectError('INTERNAL', `function ${name} failed: ${errorMessage}`, { remedy: `see its log group, /aws/lambda/${name}` });
  }
  const response = parse(payload) as PlannerResponse;
  if (typeof response?.ok !== 'boolean') {
    throw new ConnectError('WRONG_KIND', `function ${name} does not answer as a planner`, { remedy: 'set --function to the planner' });
  }
  return response;
}

function parse(payload: string): unknown {
  try {
    return JSON.parse(payload) ?? {};
  } catch {
    return {};
  }
}
