import { LambdaClient, type LambdaClientConfig } from '@aws-sdk/client-lambda';
import { ConnectError } from '../../api/index.ts';
import type { Planner } from '../../runtime/planner-api.ts';
import { localUser } from './local-user.ts';
import { askPlanner, isChange, type PlannerFunction } from './planner-function.ts';
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
  const plannerFunction: PlannerFunction = { client, name, remedy: 'deploy it, or set --stage, --function or --region' };
  let known: Promise<string> | undefined;
  const actor = () => {
    known ??= whoAmI(client);
    return known;
  };
  const planner: Planner = {
    handle: async (request) => askPlanner(plannerFunction, isChange(request) ? { actor: await actor(), ...request } : request),
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

/** Names who changes something: by the ARN of the credentials, or, where STS is out of reach, by the user of this machine. */
async function whoAmI({ config: { credentials, region } }: LambdaClient): Promise<string> {
  const { callerArn } = await import('./caller-arn.ts');
  return (await callerArn({ credentials, region })) ?? localUser();
}
