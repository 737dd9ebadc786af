import definition from 'rocketmq-client-nodejs/proto/apache/rocketmq/v2/definition_pb.js';
import { RefusedStatus } from './refused-status.ts';
import { decodeAcknowledged, encodeAck, type WireAcknowledged } from './wire.ts';

const { Code } = definition;

export const ACKNOWLEDGE = {
  path: '/apache.rocketmq.v2.MessagingService/AckMessage',
  requestSerialize: encodeAck,
  responseDeserialize: decodeAcknowledged,
};

/** A handle that has become invalid is an answer: its message comes again. */
const ANSWERS: ReadonlySet<number> = new Set([Code.OK, Code.MULTIPLE_RESULTS, Code.INVALID_RECEIPT_HANDLE]);

/** Returns the handles that are not taken any more. Throws a RefusedStatus: nothing is known of any then. */
export function refusedHandles({ status, entries }: WireAcknowledged): ReadonlySet<string> {
  const refused = [...entries.map((entry) => entry.status), status].find((each) => each !== null && !ANSWERS.has(each.code));
  if (refused) throw new RefusedStatus(refused);
  return new Set(entries.filter((entry) => entry.status?.code !== Code.OK).map(({ receiptHandle }) => receiptHandle));
}
