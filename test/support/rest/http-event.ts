import type { HttpEvent } from '../../../functions/http-event.ts';

export const DOMAIN = 'abc123.execute-api.eu-central-1.amazonaws.com';
export const CALLER = 'arn:aws:sts::123456789012:assumed-role/operators/ada';

export interface HttpEventOptions {
  /** As API Gateway hands it over: decoded. */
  readonly path?: string;
  readonly query?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly cookies?: string[];
  /** Bytes are sent in base64. */
  readonly body?: string | Uint8Array;
  readonly stage?: string;
  readonly authorizer?: HttpEvent['requestContext']['authorizer'] | null;
}

/** An event as an HTTP API sends it to a function, with the fields that it always has. */
export function httpEvent(method: string, options: HttpEventOptions = {}): HttpEvent {
  const { path = '/', query = '', headers = {}, cookies, body, stage = '$default', authorizer = { iam: { userArn: CALLER } } } = options;
  return {
    version: '2.0',
    routeKey: path === '/' ? 'GET /' : `${method} /{proxy+}`,
    rawPath: path,
    rawQueryString: query,
    ...(cookies && { cookies }),
    headers: {
      host: DOMAIN,
      'x-forwarded-for': '192.0.2.1',
      'x-forwarded-port': '443',
      'x-forwarded-proto': 'https',
      'x-amzn-trace-id': 'Root=1-674a0000-000000000000000000000000',
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
    requestContext: {
      accountId: '123456789012',
      apiId: 'abc123',
      domainName: DOMAIN,
      domainPrefix: 'abc123',
      http: { method, path, protocol: 'HTTP/1.1', sourceIp: '192.0.2.1', userAgent: 'test' },
      requestId: 'JKJaXmPLvHcESHA=',
      routeKey: path === '/' ? 'GET /' : `${method} /{proxy+}`,
      stage,
      time: '30/Nov/2026:00:00:00 +0000',
      timeEpoch: 1_796_000_000_000,
      ...(authorizer !== null && { authorizer }),
    },
    ...(body !== undefined && { body: typeof body === 'string' ? body : Buffer.from(body).toString('base64') }),
    isBase64Encoded: body !== undefined && typeof body !== 'string',
  };
}
