import type { APIGatewayEventRequestContextV2, APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { RestError } from '../src/rest/answers/rest-error.ts';

/** The event of an HTTP API (payload format 2.0), with what its authorizer found out. */
export type HttpEvent = Omit<APIGatewayProxyEventV2, 'requestContext'> & {
  readonly requestContext: APIGatewayEventRequestContextV2 & {
    readonly authorizer?: {
      readonly iam?: { readonly userArn?: string };
      readonly jwt?: { readonly claims?: Readonly<Record<string, unknown>> };
    };
  };
};

/** The planner takes the first so many characters of a caller's name. */
const LONGEST_NAME = 512;
const WITHOUT_BODY: readonly string[] = ['GET', 'HEAD'];
const IS_TEXT = /^text\/|^application\/([\w.-]+\+)?(json|xml|javascript|openmetrics-text)\b/i;
/** Lambda refuses a longer answer. */
const MAX_ANSWER_BYTES = 5_900_000;

/** Returns who asks, as API Gateway has found out: the ARN of the credentials, or the token's subject. Undefined where it has not. */
export function callerOf({ requestContext: { authorizer } }: HttpEvent): string | undefined {
  const found = authorizer?.iam?.userArn ?? authorizer?.jwt?.claims?.sub;
  if (typeof found !== 'string' || found === '') return undefined;
  return found.replace(/\p{Cc}/gu, ' ').slice(0, LONGEST_NAME);
}

/** Makes the request that API Gateway was sent. Throws RestError 400 where it can't be one. */
export function requestOf({ rawPath, rawQueryString, headers, cookies, body, isBase64Encoded, requestContext }: HttpEvent): Request {
  const { domainName, stage, http } = requestContext;
  const query = rawQueryString === '' ? '' : `?${rawQueryString.replaceAll('#', '%23')}`;
  try {
    const sent = new Headers(Object.entries(headers).map(([name, value]): [string, string] => [name, value ?? '']));
    if (cookies !== undefined && cookies.length > 0) sent.set('cookie', cookies.join('; '));
    return new Request(`https://${domainName}${encodedPath(withoutStage(rawPath, stage))}${query}`, {
      method: http.method,
      headers: sent,
      ...(body !== undefined &&
        !WITHOUT_BODY.includes(http.method) && { body: isBase64Encoded ? Buffer.from(body, 'base64') : Buffer.from(body) }),
    });
  } catch (error) {
    if (error instanceof RestError) throw error;
    throw new RestError(400, `the request is none: ${(error as Error).message}`);
  }
}

/** A stage with a name of its own comes before the path. */
const withoutStage = (path: string, stage: string): string =>
  path === `/${stage}` || path.startsWith(`/${stage}/`) ? path.slice(stage.length + 1) || '/' : path;

/**
 * API Gateway decodes the path. A `/` that was `%2F` parts segments from then on, which no name here has. IAM was asked about the path as it
 * was sent, so segments that would be resolved to another path are refused.
 */
function encodedPath(path: string): string {
  const segments = path.split('/');
  if (segments.some((segment) => segment === '.' || segment === '..')) {
    throw new RestError(400, 'path: the segments . and .. are not served; send the path that is meant');
  }
  return segments.map(encodeURIComponent).join('/');
}

/** Makes what API Gateway takes for an answer: text as it is, all else in base64. */
export async function resultOf(response: Response): Promise<APIGatewayProxyStructuredResultV2> {
  const headers = Object.fromEntries([...response.headers].filter(([name]) => name !== 'set-cookie'));
  const cookies = response.headers.getSetCookie();
  const bytes = Buffer.from(await response.arrayBuffer());
  const isText = bytes.length === 0 || IS_TEXT.test(headers['content-type'] ?? '');
  const result = {
    statusCode: response.status,
    headers,
    ...(cookies.length > 0 && { cookies }),
    body: bytes.toString(isText ? 'utf8' : 'base64'),
    isBase64Encoded: !isText,
  };
  const length = Buffer.byteLength(JSON.stringify(result));
  if (length <= MAX_ANSWER_BYTES) return result;
  const message = `the answer has ${length} bytes, and a function can give ${MAX_ANSWER_BYTES}; ask for one connector, or use rocketmq-connect serve --target aws`;
  return resultOf(failed(500, message));
}

/** An error as the API tells it. */
export const failed = (status: number, message: string): Response =>
  Response.json({ error_code: status, message }, { status, headers: { 'cache-control': 'no-store' } });
