import definition from 'rocketmq-client-nodejs/proto/apache/rocketmq/v2/definition_pb.js';
import { RefusedStatus } from './refused-status.ts';
import { renewedHandle } from './renewed-handle.ts';
import { decodeInvisible, encodeInvisible, type WireInvisible } from './wire.ts';

const { Code } = definition;

export const SET_INVISIBLE = {
  path: '/apache.rocketmq.v2.MessagingService/ChangeInvisibleDuration',
  requestSerialize: encodeInvisible,
  responseDeserialize: decodeInvisible,
};

/** Returns the handle that holds from now on; undefined where the one given holds no more. Throws a RefusedStatus. */
export function handleAfter({ status, receiptHandle }: WireInvisible): string | undefined {
  if (status?.code === Code.INVALID_RECEIPT_HANDLE) return undefined;
  if (status !== null && status.code !== Code.OK) throw new RefusedStatus(status);
  return renewedHandle(receiptHandle);
}
