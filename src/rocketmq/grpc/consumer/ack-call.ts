import { proxyCode } from './grpc-error.ts';
import { RefusedStatus } from './refused-status.ts';
import { askOnce, type UnaryCall } from './unary-call.ts';
import { type AckRequest, decodeAcknowledged, encodeAck } from './wire.ts';

const ACK = { name: 'AckMessage', encode: encodeAck, decode: decodeAcknowledged };

/** A handle that has become invalid is an answer: its message comes again. */
const ANSWERS: ReadonlySet<number> = new Set([proxyCode.OK, proxyCode.MULTIPLE_RESULTS, proxyCode.INVALID_RECEIPT_HANDLE]);

/** Resolves with the handles that are not taken any more. Rejects with a RefusedStatus or what grpc-js says: nothing is known of any then. */
export async function acknowledgeAll(request: AckRequest, call: UnaryCall): Promise<ReadonlySet<string>> {
  const { status, entries } = await askOnce(ACK, request, call);
  const refused = [...entries.map((entry) => entry.status), status].find((each) => each !== null && !ANSWERS.has(each.code));
  if (refused) throw new RefusedStatus(refused);
  return new Set(entries.filter((entry) => entry.status?.code !== proxyCode.OK).map(({ receiptHandle }) => receiptHandle));
}
