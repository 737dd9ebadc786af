import { proxyCode } from './grpc-error.ts';
import { RefusedStatus } from './refused-status.ts';
import { renewedHandle } from './renewed-handle.ts';
import { askOnce, type UnaryCall } from './unary-call.ts';
import { decodeInvisible, encodeInvisible, type InvisibleRequest } from './wire.ts';

const CHANGE = { name: 'ChangeInvisibleDuration', encode: encodeInvisible, decode: decodeInvisible };

/** Resolves with the handle that holds from then on; with undefined where the one given holds no more. Rejects as `acknowledgeAll` does. */
export async function setInvisible(request: InvisibleRequest, call: UnaryCall): Promise<string | undefined> {
  const { status, receiptHandle } = await askOnce(CHANGE, request, call);
  if (status?.code === proxyCode.INVALID_RECEIPT_HANDLE) return undefined;
  if (status !== null && status.code !== proxyCode.OK) throw new RefusedStatus(status);
  return renewedHandle(receiptHandle);
}
