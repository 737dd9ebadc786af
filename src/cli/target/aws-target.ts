import { InvokeCommand, LambdaClient, type LambdaClientConfig } from '@aws-sdk/client-lambda';
import { ConnectError } from '../../api/index.ts';
import { awsError } from '../../aws/errors.ts';
import type { ConnectorMetrics, MetricsResult, Planner, PlannerRequest, PlannerResponse, StatusResult } from '../../runtime/planner-api.ts';
import { localUser } from './local-user.ts';
import type { Target, TargetOptions } from './target.ts';
import { watchUntilCaughtUp } from './watch-until-caught-up.ts';

/** This is longer than the planner function's own limit of 15 minutes, so that the function's own error arrives. */
const ANSWER_MS = 16 * 60_000;

/** Opens the planner function. Region and credentials come from `useRegion` and the environment, unless `config` has others. */
export function openAwsTarget(
  { stage, function: name = `rocketmq-connect-${stage}-planner` }: Pick<TargetOptions, 'stage' | 'function'>,
  config: LambdaClientConfig = {},
): Target {
  const client = new LambdaClient({
    maxAttempts: 3,
    requestHandler: { connectionTimeout: 3_000, requestTimeout: ANSWER_MS },
    ...config,
  });
  let known: Promise<string> | undefined;
  const actor = () => {
    known ??= whoAmI(client);
    return known;
  };
  const planner: Planner = {
    handle: async (request) => {
      const signed = CHANGES.has(request.action) ? { actor: await actor(), ...request } : request;
      const first = await invoke(client, name, signed);
      const ask = (next: PlannerRequest) => invoke(client, name, next);
      return request.action === 'metrics' ? allMetrics(first, ask) : allPages(first, ask);
    },
  };
  return {
    planner,
    detached: true,
    runTasks: (run) => watchUntilCaughtUp(planner, run),
    sample: async ({ connector }) => {
      throw new ConnectError('WRONG_KIND', 'sample reads the source from this process, but functions on AWS run the tasks of this target', {
        remedy: `apply the file with --target local on a machine that reaches the source, and sample it there; or run it and see \`peek --connector ${connector}\``,
      });
    },
    close: async () => client.destroy(),
  };
}

/** What the history of a connector keeps. */
const CHANGES: ReadonlySet<PlannerRequest['action']> = new Set([
  ...(['apply', 'replan', 'rollback', 'snapshot', 'alter-offsets', 'skip', 'redrive', 'drop'] as const),
  ...(['pause', 'stop', 'resume', 'restart', 'delete'] as const),
]);

/** Names who changes something: by the ARN of the credentials, or, where STS is out of reach, by the user of this machine. */
async function whoAmI({ config: { credentials, region } }: LambdaClient): Promise<string> {
  const { callerArn } = await import('./caller-arn.ts');
  return (await callerArn({ credentials, region })) ?? localUser();
}

/** Joins the pages of a status that is too long for one answer. */
async function allPages(first: PlannerResponse, ask: (request: PlannerRequest) => Promise<PlannerResponse>): Promise<PlannerResponse> {
  let { next, ...status } = (first.ok ? first.result : {}) as StatusResult;
  if (next === undefined) return first;
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
async function allMetrics(first: PlannerResponse, ask: (request: PlannerRequest) => Promise<PlannerResponse>): Promise<PlannerResponse> {
  const connectors: ConnectorMetrics[] = [];
  for (let response = first; ; ) {
    if (!response.ok) return response;
    const page = response.result as MetricsResult;
    connectors.push(...page.connectors);
    if (page.next === undefined) return { ok: true, result: { connectors } satisfies MetricsResult };
    response = await ask({ action: 'metrics', from: page.next });
  }
}

async function invoke(client: LambdaClient, name: string, request: PlannerRequest): Promise<PlannerResponse> {
  const answer = await client
    .send(new InvokeCommand({ FunctionName: name, Payload: Buffer.from(JSON.stringify(request)) }))
    .catch((error: unknown) => {
      throw awsError(error, { what: `function ${name}`, createIt: 'deploy it, or set --stage, --function or --region' });
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
