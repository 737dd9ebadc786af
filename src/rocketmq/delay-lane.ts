import { randomBytes } from 'node:crypto';
import { toConnectError } from '../api/index.ts';
import { CallQueue } from './call-queue.ts';
import { MAX_PROPERTIES_BYTES, problem, sizeProblem } from './limits.ts';
import { MAX_BODY_BYTES } from './request-body.ts';
import type { DeliverBody, Lane } from './send-lane.ts';
import { RequestRefused } from './send-request.ts';
import { NAME_END, VALUE_END } from './shared-properties.ts';
import { type MessageList, type OutgoingMessage, RefusedError } from './types.ts';

/** Requests of one message each. More of them bring no throughput, and a broker that stands still is asked for each of them. */
const IN_FLIGHT = 32;

/**
 * A broker adds properties of its own while it keeps a message: where the message belongs, and when it came and went. A message without
 * room for them would never be delivered.
 */
const BROKER_PROPERTIES_BYTES = 1_024;

/** No calendar of JavaScript knows a later time, in ms since 1970. */
const LAST_TIME = 8_640_000_000_000_000;

/** The broker's words for a time beyond its timerMaxDelaySec, or for one that is no number. */
const TOO_LATE_TEXT = /delay time should not be bigger/;

/** See `TopicProducer.problem`, for messages of a DELAY topic. */
export function delayProblem(message: OutgoingMessage, maxBytes = MAX_BODY_BYTES): string | undefined {
  const { deliverAt = Number.NaN } = message;
  if (!Number.isInteger(deliverAt) || Math.abs(deliverAt) > LAST_TIME) return 'it has no time of delivery, which a DELAY topic needs';
  return problem(message, maxBytes) ?? sizeProblem(message, maxBytes, MAX_PROPERTIES_BYTES - BROKER_PROPERTIES_BYTES);
}

/**
 * Sends messages that are delivered later, to one queue. A broker reads the time from the outer properties of a request only, so each
 * request has one message. Several are in flight, because such messages come in the order of their times anyway.
 */
export class DelayLane implements Lane {
  readonly #deliver: DeliverBody;
  readonly #maxBytes: number;
  readonly #calls = new CallQueue((messages, deadline) => this.#sendAll(messages, deadline));

  /** `maxBytes` is the bound of one message with all that belongs to it. */
  constructor(deliver: DeliverBody, maxBytes = MAX_BODY_BYTES) {
    this.#deliver = deliver;
    this.#maxBytes = maxBytes;
  }

  send(messages: MessageList, deadline: number): Promise<void> {
    return this.#calls.send(messages, deadline);
  }

  /** After a refusal or a failure no more requests are made, and those in flight are waited for. */
  async #sendAll(messages: MessageList, deadline: number): Promise<void> {
    let next = 0;
    const refused = new Map<number, RequestRefused>();
    const failures: unknown[] = [];
    const work = async () => {
      while (next < messages.length && refused.size === 0 && failures.length === 0) {
        const index = next++;
        try {
          await this.#sendOne(messages.at(index) as OutgoingMessage, deadline);
        } catch (error) {
          if (error instanceof RequestRefused) refused.set(index, error);
          else failures.push(error);
        }
      }
    };
    await Promise.all(Array.from({ length: Math.min(IN_FLIGHT, messages.length) }, work));
    if (failures.length > 0) throw toConnectError(failures[0]);
    if (refused.size === 0) return;
    const first = Math.min(...refused.keys());
    const behind = Array.from({ length: next - first - 1 }, (_, index) => first + 1 + index);
    const stored = new Set(behind.filter((index) => !refused.has(index)));
    const cause = refused.get(first) as RequestRefused;
    throw new RefusedError(first, cause.message, cause, stored);
  }

  async #sendOne(message: OutgoingMessage, deadline: number): Promise<void> {
    const found = delayProblem(message, this.#maxBytes);
    if (found !== undefined) throw new RequestRefused(found);
    try {
      await this.#deliver(message.body, deadline, { isSingle: true, properties: propertiesText(message) });
    } catch (error) {
      if (!(error instanceof RequestRefused) || !TOO_LATE_TEXT.test(error.message)) throw error;
      const time = new Date(message.deliverAt as number).toISOString();
      const remedy = "deliver it earlier (rocketmq.deliverAfter, rocketmq.deliverAtHeader), or raise the broker's timerMaxDelaySec";
      throw new RequestRefused(`RocketMQ keeps no message until ${time}: ${error.message}; ${remedy}`, { cause: error });
    }
  }
}

function propertiesText({ keys, tag, properties, deliverAt }: OutgoingMessage): string {
  const text = (name: string, value: string) => `${name}${NAME_END}${value}${VALUE_END}`;
  let all = keys.length === 0 ? '' : text('KEYS', keys.join(' '));
  if (tag !== undefined) all += text('TAGS', tag);
  for (const [name, value] of properties) all += text(name, value);
  // Without an id of its own the broker warns of each message that it keeps.
  return all + text('UNIQ_KEY', randomBytes(16).toString('hex').toUpperCase()) + text('TIMER_DELIVER_MS', String(deliverAt));
}
