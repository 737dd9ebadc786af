import { setTimeout as sleep } from 'node:timers/promises';
import { AnswerError } from './answer-errors.ts';
import { pauseBefore } from './pauses.ts';
import type { RemotingClient } from './remoting/client.ts';
import { responseCode } from './remoting/codes.ts';
import type { RemotingResponse } from './remoting/frame.ts';
import { encodeBody } from './request-body.ts';
import { sendRequest } from './send-request.ts';
import { kindOf, laterOption } from './topic-kind.ts';
import type { RocketmqConfig, SpecialTopic } from './types.ts';

/** No topic has that many queues, so a message for this one passes every check of who may send and is then refused. */
const NO_QUEUE = 2 ** 31 - 1;

/** Outer properties by which a proxy tells a request's type. */
const STATED: Readonly<Record<SpecialTopic, string>> = { FIFO: '__SHARDINGKEY\u0001-\u0002', DELAY: 'TIMER_DELIVER_MS\u00010\u0002' };

export interface Probe {
  readonly address: string;
  readonly broker: string;
  /** With its namespace. */
  readonly topic: string;
  /** The type that the broker states; undefined where it does not say. */
  readonly type: string | undefined;
  readonly leftMs: () => number;
  /** ms since 1970. */
  readonly deadline: number;
}

/** What a probe found out. */
export interface Probed {
  readonly kind: SpecialTopic | undefined;
  /** A proxy compares the type of each request with the topic's. */
  readonly isChecked: boolean;
}

/**
 * Asks a broker, or a proxy before it, whether this user may send to the topic. A broker states the type of its topic, and a proxy refuses
 * requests of other types, which shows it. Stores nothing. Throws WRONG_KIND, FORBIDDEN, AUTH_FAILED or another ConnectError.
 */
export async function probeTopic(client: RemotingClient, config: RocketmqConfig, probe: Probe): Promise<Probed> {
  const { topic, type } = probe;
  const kind = kindOf(type, config, topic);
  const plain = await answerTo(client, probe, '');
  if (!isIllegal(plain)) {
    // A proxy takes plain messages for a plain topic, and those for later it would refuse one by one.
    const isPlain = type === undefined && laterOption(config) !== undefined && isIllegal(await answerTo(client, probe, STATED.DELAY));
    return { kind: isPlain ? kindOf('NORMAL', config, topic) : kind, isChecked: false };
  }
  for (const special of ['FIFO', 'DELAY'] as const) {
    if (!isIllegal(await answerTo(client, probe, STATED[special]))) return { kind: kindOf(special, config, topic), isChecked: true };
  }
  throw new AnswerError(plain, probe);
}

const isIllegal = ({ code }: RemotingResponse): boolean => code === responseCode.MESSAGE_ILLEGAL;

/**
 * Resolves with the answer to a request of these outer properties, which finds no fault in it, or in its type alone. A broker that is busy
 * for a moment is asked again, as it is when records are sent.
 */
async function answerTo(client: RemotingClient, probe: Probe, properties: string): Promise<RemotingResponse> {
  const { address, broker, topic, leftMs, deadline } = probe;
  const { body } = encodeBody([{ body: Buffer.from([0]), keys: [], properties: new Map() }], 0, 1);
  for (let attempt = 0; ; attempt += 1) {
    const request = sendRequest(topic, { broker, id: NO_QUEUE }, body, { isSingle: false, properties });
    const answer = await client.request(address, request, leftMs());
    if (answer.code === responseCode.INVALID_PARAMETER || answer.code === responseCode.SUCCESS || isIllegal(answer)) return answer;
    const refusal = new AnswerError(answer, { address, topic });
    const pause = pauseBefore(attempt);
    if (refusal.code !== 'THROTTLED' || !refusal.again || Date.now() + pause >= deadline) throw refusal;
    await sleep(pause);
  }
}
