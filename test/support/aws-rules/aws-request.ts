import type { Call } from './policy.ts';

export const REGION = 'eu-central-1';
export const ACCOUNT = '123456789012';

export interface AwsRequest {
  readonly method: string;
  readonly url: string;
  /** `X-Amz-Target`, of services that have one. */
  readonly target: string | undefined;
  readonly body: string;
}

type Body = Readonly<Record<string, unknown>>;
type Key = Readonly<Record<string, { readonly S: string }>>;

export const arn = (service: string, resource: string): string => `arn:aws:${service}:${REGION}:${ACCOUNT}:${resource}`;

/** What a request to AWS needs to be allowed. Undefined: a request that nothing of the project should make. */
export function callsOf({ method, url, target, body }: AwsRequest): Call[] | undefined {
  const form = new URLSearchParams(body);
  if (form.has('Action')) return formCalls(form);
  const given = (body === '' ? {} : JSON.parse(body)) as Body;
  const [service = '', operation = ''] = target?.split('.') ?? [];
  if (service === 'DynamoDB_20120810') return dynamodbCalls(operation, given);
  if (service === 'AmazonSQS') return [{ action: `sqs:${operation.replace(/Batch$/, '')}`, resource: arn('sqs', lastOf(given.QueueUrl)) }];
  if (service === 'secretsmanager') return [{ action: `secretsmanager:${operation}`, resource: secretArn(String(given.SecretId)) }];
  if (service === 'AmazonSSM') {
    const names = (given.Names ?? [given.Name]) as string[];
    return names.map((name) => ({ action: `ssm:${operation}`, resource: arn('ssm', `parameter/${name.replace(/^\//, '')}`) }));
  }
  const { pathname: path, searchParams } = new URL(url, 'http://aws');
  const [, invoked] = /^\/2015-03-31\/functions\/([^/]+)\/invocations$/.exec(path) ?? [];
  if (invoked !== undefined) return [{ action: 'lambda:InvokeFunction', resource: functionArn(invoked, searchParams.get('Qualifier')) }];
  return schedulerCalls(method, new URL(url, 'http://aws'), given);
}

/** Services that take forms. */
function formCalls(form: URLSearchParams): Call[] | undefined {
  if (form.get('Action') !== 'AssumeRole') return undefined;
  return [{ action: 'sts:AssumeRole', resource: form.get('RoleArn') ?? '' }];
}

function dynamodbCalls(operation: string, body: Body): Call[] {
  const on = (table: string, keys: readonly string[]): Call => ({
    action: `dynamodb:${operation}`,
    resource: arn('dynamodb', `table/${table}`),
    context: { 'dynamodb:LeadingKeys': keys },
  });
  if (operation === 'BatchWriteItem') {
    const tables = body.RequestItems as Record<string, Array<{ DeleteRequest?: { Key: Key }; PutRequest?: { Item: Key } }>>;
    return Object.entries(tables).map(([table, writes]) =>
      on(
        table,
        writes.map(({ DeleteRequest, PutRequest }) => (DeleteRequest?.Key ?? PutRequest?.Item)?.pk?.S ?? ''),
      ),
    );
  }
  const key = operation === 'Query' ? (body.ExpressionAttributeValues as Key)[':pk'] : ((body.Key ?? body.Item) as Key).pk;
  return [on(String(body.TableName), [key?.S ?? ''])];
}

function schedulerCalls(method: string, { pathname, searchParams }: URL, body: Body): Call[] | undefined {
  if (method === 'GET' && pathname === '/schedules') return [{ action: 'scheduler:ListSchedules', resource: '*' }];
  const [, name] = /^\/schedules\/([^/]+)$/.exec(pathname) ?? [];
  const operation = { POST: 'CreateSchedule', PUT: 'UpdateSchedule', DELETE: 'DeleteSchedule', GET: 'GetSchedule' }[method];
  if (name === undefined || operation === undefined) return undefined;
  const group = body.GroupName ?? searchParams.get('groupName') ?? 'default';
  const call: Call = { action: `scheduler:${operation}`, resource: arn('scheduler', `schedule/${group}/${decodeURIComponent(name)}`) };
  const role = (body.Target as { RoleArn?: string } | undefined)?.RoleArn;
  if (role === undefined) return [call];
  // Who hands a role on must be allowed to.
  return [call, { action: 'iam:PassRole', resource: role, context: { 'iam:PassedToService': ['scheduler.amazonaws.com'] } }];
}

/** A version or an alias is a resource of its own, which a right to the function does not cover. */
function functionArn(invoked: string, qualifier: string | null): string {
  const name = decodeURIComponent(invoked);
  const whole = name.startsWith('arn:') ? name : arn('lambda', `function:${name}`);
  return qualifier === null ? whole : `${whole}:${qualifier}`;
}

/** Secrets Manager adds six characters to each name. */
const secretArn = (id: string): string => (id.startsWith('arn:') ? id : arn('secretsmanager', `secret:${id}-AbCdEf`));

const lastOf = (text: unknown): string => decodeURIComponent(String(text)).split(/[/:]/).at(-1) ?? '';
