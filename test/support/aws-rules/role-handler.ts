import { Readable } from 'node:stream';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Statement } from './policy.ts';
import { refusalOf } from './refusal.ts';

type Handler = DynamoDBClient['config']['requestHandler'];

/**
 * For the configuration of any AWS client: sends what the role allows, and answers the rest as AWS would. It judges the very
 * request that goes out, without the cost of one more server.
 */
export function roleHandler(role: string, statements: readonly Statement[], refused: string[]): Handler {
  const { requestHandler: inner } = new DynamoDBClient({ region: 'local' }).config;
  return {
    destroy: () => inner.destroy?.(),
    async handle(request, options) {
      const { method, path, query = {}, headers, body } = request;
      const search = Object.entries(query).map(([name, value]) => `${name}=${encodeURIComponent(String(value))}`);
      const target = headers['x-amz-target'] ?? headers['X-Amz-Target'];
      const refusal = refusalOf({ method, url: `${path}?${search.join('&')}`, target, body: textOf(body) }, role, statements);
      if (refusal === undefined) return inner.handle(request, options);
      refused.push(`${role} ${refusal.what}`);
      const response = { statusCode: refusal.status, headers: { ...refusal.headers }, body: Readable.from([Buffer.from(refusal.body)]) };
      return { response } as unknown as Awaited<ReturnType<Handler['handle']>>;
    },
  };
}

/** The SDK's own kind of bytes complains when it is made into text. */
const textOf = (body: unknown): string =>
  body instanceof Uint8Array ? Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString() : String(body ?? '');
