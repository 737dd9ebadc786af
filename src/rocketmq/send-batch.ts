import { AnswerError, brief } from './answer-errors.ts';
import type { RemotingClient } from './remoting/client.ts';
import { requestCode, responseCode } from './remoting/codes.ts';
import type { RemotingRequest, RemotingResponse } from './remoting/frame.ts';
import type { TopicQueue } from './topic-route.ts';

/** The broker logs it and shows it in statistics; it has no other effect. */
const PRODUCER_GROUP = 'rocketmq-connect';

/** The broker refused the content, so sending it again can't help. */
export class BatchRefused extends Error {}

/** The broker's words for a batch over its limit, for which its code is SYSTEM_ERROR. */
const TOO_LARGE_TEXT = /message (body )?size exceeded/;

/** Sends one encoded batch; resolves with what the broker says to it. Rejects with Unanswered or another ConnectError. */
export function sendBatch(
  client: RemotingClient,
  address: string,
  topic: string,
  queue: TopicQueue,
  body: Buffer,
  timeoutMs: number,
): Promise<RemotingResponse> {
  return client.request(address, { ...batchRequest(topic, queue, body), ordered: true }, timeoutMs);
}

/** Returns where the broker has stored all of a batch. Throws BatchRefused or a ConnectError. */
export function requireStored(answer: RemotingResponse, address: string, topic: string): void {
  if (answer.code === responseCode.MESSAGE_ILLEGAL || TOO_LARGE_TEXT.test(answer.remark)) throw new BatchRefused(brief(answer));
  if (answer.code !== responseCode.SUCCESS) throw new AnswerError(answer, { address, topic });
}

/** Field names are one letter each in RocketMQ's own protocol. */
export function batchRequest(topic: string, queue: TopicQueue, body: Buffer): RemotingRequest {
  const fields = {
    a: PRODUCER_GROUP,
    b: topic,
    c: topic, // the template of a topic that doesn't exist: none, so that none is created by mistake
    d: '0', // its number of queues
    e: String(queue.id),
    f: '0', // system flag: nothing compressed, no transaction
    g: String(Date.now()), // born timestamp
    h: '0', // flag
    i: '', // properties of the batch: each message has its own
    j: '0', // how often it was consumed
    k: 'false', // unit mode
    m: 'true', // is a batch
    n: queue.broker,
  };
  return { code: requestCode.SEND_BATCH_MESSAGE, fields, body };
}
