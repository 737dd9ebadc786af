import definition from 'rocketmq-client-nodejs/proto/apache/rocketmq/v2/definition_pb.js';
import type { RocketmqConfig } from '../types.ts';
import type { Answer } from './answer.ts';

const { Code } = definition;

/** The codes of answers about the content of a request, whose texts say enough. */
const REFUSED: ReadonlySet<number> = new Set([
  Code.ILLEGAL_MESSAGE_TAG,
  Code.ILLEGAL_MESSAGE_KEY,
  Code.ILLEGAL_MESSAGE_GROUP,
  Code.ILLEGAL_MESSAGE_PROPERTY_KEY,
  Code.ILLEGAL_MESSAGE_ID,
  Code.MESSAGE_CORRUPTED,
  Code.PAYLOAD_TOO_LARGE,
  Code.MESSAGE_BODY_TOO_LARGE,
  Code.MESSAGE_BODY_EMPTY,
]);
/** The limits of the broker behind the proxy, whose answers have the code of any failure. */
const TOO_LARGE_TEXT = /message (body )?size exceeded|body size over max|properties length over|message is illegal.*length limit/i;
const TOO_LATE_TEXT = /delay time should not be bigger/;

/** Whom a request went to, as `host:port`, and the options that say when its messages are delivered (default: none do). */
export interface Requested {
  readonly address: string;
  readonly delivery?: Pick<RocketmqConfig, 'deliverAtHeader' | 'deliverAfter'>;
}

/** Says why RocketMQ refuses the content of a request for good. Undefined where the answer is about anything else. */
export function refusalOf({ code, message }: Answer, { address, delivery = {} }: Requested): string | undefined {
  const answer = `${message} (code ${code})`;
  const isBrokers = TOO_LATE_TEXT.test(message);
  if (isBrokers || code === Code.ILLEGAL_DELIVERY_TIME) {
    const limit = isBrokers ? "the broker's timerMaxDelaySec" : "the proxies' maxDelayTimeMills";
    return `RocketMQ at ${address} keeps no message until its time${given(delivery)}: ${answer}; deliver it earlier, or raise ${limit}`;
  }
  if (code === Code.MESSAGE_PROPERTIES_TOO_LARGE) {
    const limits = 'maxUserPropertySize and userPropertyMaxNum';
    const remedy = `give the record fewer or shorter headers, or raise the proxies' ${limits}`;
    return `the proxy at ${address} takes no more headers, keys and tag with one message: ${answer}; ${remedy}`;
  }
  return REFUSED.has(code) || TOO_LARGE_TEXT.test(message) ? answer : undefined;
}

/** Names what the time of delivery comes from. */
function given({ deliverAtHeader, deliverAfter }: Required<Requested>['delivery']): string {
  const options = [];
  if (deliverAtHeader !== undefined) options.push(`header ${deliverAtHeader} (rocketmq.deliverAtHeader)`);
  if (deliverAfter !== undefined) options.push('rocketmq.deliverAfter');
  return options.length === 0 ? '' : `, by ${options.join(' or ')}`;
}
