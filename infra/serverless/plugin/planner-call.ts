import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import type { ErrorReport, PlannerRequest, PlannerResponse } from '../../../src/runtime/planner-api.ts';
import type { Serverless } from './osls.ts';

/** The longest that a function may run, which is how long a large plan may take. */
const MAX_PLAN_MS = 900_000;

export interface PlannerCall {
  /** Rejects with one line that names the cause and the remedy. */
  ask<R>(request: PlannerRequest): Promise<R>;
  close(): void;
}

/** Calls the deployed planner function. */
export async function openPlannerCall(serverless: Serverless): Promise<PlannerCall> {
  const config = await serverless.getProvider('aws').getAwsSdkV3Config();
  config.requestHandler.updateHttpClientConfig('socketTimeout', MAX_PLAN_MS);
  const client = new LambdaClient(config as object);
  const { name } = serverless.service.getFunction('planner');
  return {
    async ask<R>(request: PlannerRequest): Promise<R> {
      const { FunctionError, Payload } = await client.send(new InvokeCommand({ FunctionName: name, Payload: JSON.stringify(request) }));
      const answer = JSON.parse(Buffer.from(Payload ?? []).toString() || 'null');
      if (FunctionError !== undefined) throw new Error(`function ${name} failed: ${answer?.errorMessage}; see "sls logs -f planner"`);
      const response = answer as PlannerResponse<R>;
      if (!response.ok) throw new Error(describe(response.error));
      return response.result;
    },
    close: () => client.destroy(),
  };
}

function describe({ code, message, remedy, findings }: ErrorReport): string {
  if (findings === undefined || findings.length === 0) return `${code}: ${message}${remedy === undefined ? '' : `; ${remedy}`}`;
  return findings.map((finding) => `${finding.code}: ${finding.option}: ${finding.message}; ${finding.remedy}`).join('\n');
}
