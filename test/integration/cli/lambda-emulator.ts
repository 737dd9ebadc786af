import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import type { PlannerRequest, PlannerResponse } from '../../../src/runtime/planner-api.ts';
import type { Statement } from '../../support/aws-rules/policy.ts';
import { refusalOf } from '../../support/aws-rules/refusal.ts';

/** The ARN of the caller, whoever that is. */
export const CALLER_ARN = 'arn:aws:sts::123456789012:assumed-role/operator/ada';

const CALLER = `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult><Arn>${CALLER_ARN}</Arn>
<UserId>AROA:ada</UserId><Account>123456789012</Account></GetCallerIdentityResult></GetCallerIdentityResponse>`;

export interface LambdaEmulator {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Answers Lambda's Invoke call, which no emulator does without docker. It runs one function by name in this process. The caller may do what
 * `policy` allows. It also answers STS, which tells everybody who they are.
 */
export async function startLambdaEmulator(
  functions: Readonly<Record<string, (request: PlannerRequest) => Promise<PlannerResponse>>>,
  policy: readonly Statement[],
): Promise<LambdaEmulator> {
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const { method = '', url = '' } = request;
    if (url === '/') {
      response.end(CALLER);
      return;
    }
    const refusal = refusalOf({ method, url, target: undefined, body: '' }, 'operator', policy);
    if (refusal !== undefined) {
      response.writeHead(refusal.status, { ...refusal.headers }).end(refusal.body);
      return;
    }
    const [, name = ''] = /^\/2015-03-31\/functions\/([^/]+)\/invocations/.exec(request.url ?? '') ?? [];
    const handler = functions[decodeURIComponent(name)];
    if (handler === undefined) {
      response.writeHead(404, { 'x-amzn-errortype': 'ResourceNotFoundException' }).end('{"Message":"Function not found"}');
      return;
    }
    try {
      response.end(JSON.stringify(await handler((await json(request)) as PlannerRequest)));
    } catch (error) {
      response.writeHead(200, { 'x-amz-function-error': 'Unhandled' }).end(JSON.stringify({ errorMessage: (error as Error).message }));
    }
  };
  const server = createServer((request, response) => void answer(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
