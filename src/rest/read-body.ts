import type { z } from 'zod';
import { RestError } from './answers/rest-error.ts';

/** A connector's item in DynamoDB holds 400 KB, and in it the configuration twice. */
const MAX_BYTES = 128 * 1024;

/** Returns the body, validated. Throws 413, 415 or 400. A body that nobody reads may be anything. */
export async function readBody(request: Request, schema: z.ZodType | undefined): Promise<unknown> {
  if (schema === undefined) return undefined;
  const bytes = await readBytes(request);
  const type = request.headers.get('content-type');
  // A page of another site can send texts and forms without a question, and no JSON.
  if (bytes.length > 0 && !/^application\/([\w.+-]+\+)?json\s*(;|$)/i.test(type ?? '')) {
    throw new RestError(415, `content-type: ${type === null ? 'it is missing' : `it is ${JSON.stringify(type)}`}; send application/json`);
  }
  const parsed = schema.safeParse(jsonOf(bytes));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const where = issue?.path.length ? issue.path.join('.') : 'body';
  throw new RestError(400, `${where}: ${issue?.message ?? 'it is not as expected'}; see /openapi.json`);
}

async function readBytes(request: Request): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of request.body ?? []) {
    length += chunk.length;
    if (length > MAX_BYTES) throw new RestError(413, `the body has more than ${MAX_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function jsonOf(bytes: Buffer): unknown {
  if (bytes.length === 0) throw new RestError(400, 'body: it is empty; send JSON');
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes), refuseProto);
  } catch (error) {
    throw error instanceof RestError ? error : new RestError(400, 'body: it is no JSON in UTF-8');
  }
}

/** Validation passes over this key in silence. */
function refuseProto(key: string, value: unknown): unknown {
  if (key === '__proto__') throw new RestError(400, '__proto__: unknown option; remove it');
  return value;
}
