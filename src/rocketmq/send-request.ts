import { AnswerError, brief } from './answer-errors.ts';
import type { RemotingClient } from './remoting/client.ts';
import { requestCode, responseCode } from './remoting/codes.ts';
import type { RemotingRequest, RemotingResponse } from './remoting/frame.ts';
import type { TopicQueue } from './topic-route.ts';

/** The broker logs this name and shows it in statistics. It has no other effect. */
const PRODUCER_GROUP = 'rocketmq-connect';

/** The broker refused the content, so sending it again can't help. */
export class RequestRefused extends Error {}

/** The broker's words for a request over its limit. Their code is SYSTEM_ERROR. */
const TOO_LARGE_TEXT = /message (body )?size exceeded/;

/** How messages travel in a request. */
export interface RequestForm {
  /** The body is that of one message, and the properties are its own. Otherwise the body holds messages with their properties. */
  readonly isSingle: boolean;
  /** Properties as RocketMQ stores them. A broker adds them to each message. */
  readonly properties: string;
}

const BATCH: RequestForm = { isSingle: false, properties: '' };

/** Sends the messages of one request. Resolves with what the broker answers. Rejects with Unanswered or another ConnectError. */
export function sendMessages(
  client: RemotingClient,
  address: string,
  topic: string,
  queue: TopicQueue,
  body: Buffer,
  timeoutMs: number,
  form?: RequestForm,
): Promise<RemotingResponse> {
  return client.request(address, { ...sendRequest(topic, queue, body, form), ordered: true }, timeoutMs);
}

/** Returns where the broker has stored all messages of the request. Throws RequestRefused or a ConnectError. */
export function requireStored(answer: RemotingResponse, address: string, topic: string): void {
  if (answer.code === responseCode.MESSAGE_ILLEGAL || TOO_LARGE_TEXT.test(answer.remark)) throw new RequestRefused(brief(answer));
  if (answer.code !== responseCode.SUCCESS) throw new AnswerError(answer, { address, topic });
}

/** Makes the request. RocketMQ's protocol has names of one letter for its fields. */
export function sendRequest(topic: string, queue: TopicQueue, body: Buffer, { isSingle, properties } = BATCH): RemotingRequest {
  const fields = {
    a: PRODUCER_GROUP,
    b: topic,
    c: topic, // the template of a topic that doesn't exist: none, so that none is created by mistake
    d: '0', // its number of queues
    e: String(queue.id),
    f: '0', // system flag: nothing compressed, no transaction
    g: String(Date.now()), // born timestamp
    h: '0', // flag
    i: properties, // those of all messages together: in a batch each has its own
    j: '0', // how often it was consumed
    k: 'false', // unit mode
    m: isSingle ? 'false' : 'true', // several messages, which RocketMQ calls a batch
    n: queue.broker,
  };
  return { code: isSingle ? requestCode.SEND_MESSAGE_V2 : requestCode.SEND_BATCH_MESSAGE, fields, body };
}
