import { createHmac } from 'node:crypto';
import type { RemotingRequest } from './frame.ts';

export interface Credentials {
  readonly accessKey: string;
  readonly secretKey: string;
}

/** Returns the request with its signature: HMAC-SHA1 over the field values in the order of their names, then the body. */
export function signed(request: RemotingRequest, { accessKey, secretKey }: Credentials): RemotingRequest {
  const fields: Record<string, string> = { ...request.fields, AccessKey: accessKey };
  const hmac = createHmac('sha1', secretKey);
  for (const name of Object.keys(fields).sort()) hmac.update(fields[name] as string);
  if (request.body !== undefined) hmac.update(request.body);
  return { ...request, fields: { ...fields, Signature: hmac.digest('base64') } };
}
