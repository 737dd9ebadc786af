/** A request to AWS, as far as it says what it asks for. */
export interface AwsRequest {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** REST services: by method and path, the action that IAM asks about. */
const ROUTES: ReadonlyArray<readonly [service: string, method: string, path: RegExp, action: string]> = [
  ['s3', 'GET', /^\/[^/?]+\/?\?location/, 'GetBucketLocation'],
  ['s3', 'GET', /^\/[^/?]+\/?\?encryption/, 'GetEncryptionConfiguration'],
  ['s3', 'GET', /^\/[^/?]+\/?\?versions/, 'ListBucketVersions'],
  ['s3', 'POST', /^\/[^/?]+\/?\?delete/, 'DeleteObject'],
  ['s3', 'GET', /^\/[^/?]+\/[^?]/, 'GetObject'],
  ['s3', 'HEAD', /^\/[^/?]+\/[^?]/, 'GetObject'],
  ['s3', 'PUT', /^\/[^/?]+\/[^?]/, 'PutObject'],
  ['s3', 'GET', /^\/[^/?]+\/?(\?|$)/, 'ListBucket'],
  ['s3', 'HEAD', /^\/[^/?]+\/?$/, 'ListBucket'],
  ['lambda', 'POST', /\/invocations$/, 'InvokeFunction'],
  ['lambda', 'GET', /\/functions\/[^/]+\/versions/, 'ListVersionsByFunction'],
  ['lambda', 'GET', /\/functions\/[^/]+$/, 'GetFunction'],
  ['scheduler', 'GET', /^\/schedules(\?|$)/, 'ListSchedules'],
  ['scheduler', 'DELETE', /^\/schedules\/[^/]+/, 'DeleteSchedule'],
];

/** `dynamodb:DescribeTable`, and the like; what is unknown names the request, so that a policy can't allow it. */
export function awsAction({ method, path, headers, body }: AwsRequest): string {
  const service = /Credential=[^/]+\/\d+\/[^/]+\/([a-z0-9-]+)\//.exec(String(headers.authorization))?.[1] ?? 'unsigned';
  const target = headers['x-amz-target'];
  if (target !== undefined) return `${service}:${String(target).split('.').at(-1)}`;
  const named = /(?:^|&)Action=(\w+)/.exec(body)?.[1] ?? /[?&]Action=(\w+)/.exec(path)?.[1];
  const routed = ROUTES.find(([of, by, to]) => of === service && by === method && to.test(path))?.[3];
  return `${service}:${named ?? routed ?? `${method} ${path}`}`;
}
