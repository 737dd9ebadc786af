import { problem, sizeProblem } from './limits.ts';
import { encodeBody, MAX_BODY_BYTES } from './request-body.ts';
import type { Encoding } from './send-lane.ts';
import { NAME_END, VALUE_END } from './shared-properties.ts';
import type { MessageList, OutgoingMessage } from './types.ts';

/** The property in which RocketMQ's clients, servers and proxies have the message group. */
const GROUP = '__SHARDINGKEY';

/** See `TopicProducer.problem`, for messages of a FIFO topic. */
export function fifoProblem(message: OutgoingMessage, maxBytes = MAX_BODY_BYTES): string | undefined {
  const { group } = message;
  if (group === undefined || group === '') return 'it has no message group, which a FIFO topic needs';
  if (/\p{Cc}/u.test(group)) return `message group ${JSON.stringify(group)} holds a control character`;
  return problem(message, maxBytes) ?? sizeProblem(withGroup(message), maxBytes);
}

/**
 * How messages of a FIFO topic become requests. A proxy reads the type from the outer properties of a request, which a broker may give to
 * each of its messages: where the type `isChecked`, a request states a group, and holds messages of that group alone.
 */
export const fifoEncoding = (isChecked: boolean): Encoding => ({
  problem: fifoProblem,
  encode: (messages, from, end, maxBytes) => {
    let given: OutgoingMessage | undefined;
    let stated: string | undefined;
    const grouped: MessageList = {
      length: messages.length,
      at: (index) => {
        given = messages.at(index) as OutgoingMessage;
        return withGroup(given);
      },
    };
    const mayBeSent = ({ group }: OutgoingMessage): boolean => {
      stated ??= group;
      return (!isChecked || group === stated) && fifoProblem(given as OutgoingMessage, maxBytes) === undefined;
    };
    const encoded = encodeBody(grouped, from, end, mayBeSent, Math.min(MAX_BODY_BYTES, maxBytes));
    return isChecked ? { ...encoded, form: { isSingle: false, properties: `${GROUP}${NAME_END}${stated}${VALUE_END}` } } : encoded;
  },
});

let last:
  | { readonly message: OutgoingMessage['properties']; readonly group: string; readonly both: OutgoingMessage['properties'] }
  | undefined;

/** Messages that come one after the other often share their properties and their group. They are then encoded once. */
function withGroup(message: OutgoingMessage): OutgoingMessage {
  const { properties, group = '' } = message;
  if (last?.message !== properties || last.group !== group)
    last = { message: properties, group, both: new Map([...properties, [GROUP, group]]) };
  return { ...message, properties: last.both };
}
