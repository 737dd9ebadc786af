import { type AwsRequest, callsOf } from './aws-request.ts';
import { allows, type Statement } from './policy.ts';

/** What AWS answers to a request that the caller's role does not allow. */
export interface Refusal {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** `dynamodb:Scan on resource: arn:...` */
  readonly what: string;
}

/** Undefined where the role allows all that the request needs. */
export function refusalOf(request: AwsRequest, role: string, statements: readonly Statement[]): Refusal | undefined {
  const calls = callsOf(request);
  const denied = calls?.find((call) => !allows(statements, call));
  if (calls !== undefined && denied === undefined) return undefined;
  const what = denied === undefined ? `${request.method} ${request.url}` : `${denied.action} on resource: ${denied.resource}`;
  const message = `User: ${role} is not authorized to perform: ${what}`;
  return {
    status: request.target === undefined ? 403 : 400,
    headers: { 'x-amzn-errortype': 'AccessDeniedException', 'content-type': 'application/x-amz-json-1.0' },
    body: JSON.stringify({ __type: 'AccessDeniedException', message, Message: message }),
    what,
  };
}
