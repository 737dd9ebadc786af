import { isWordText } from './property-text.ts';
import { encodedBytes, MAX_BODY_BYTES, mostPropertiesBytes, propertiesBytes } from './request-body.ts';
import { isReservedName } from './reserved-names.ts';
import type { OutgoingMessage } from './types.ts';

/** RocketMQ stores the length of a message's keys and properties in 15 bits. */
export const MAX_PROPERTIES_BYTES = 32_767;

/** These end a name or a value where RocketMQ stores them. Inside one they would cut it in two. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these two are what it is about
const SEPARATOR = /[\u0001\u0002]/;
/** A space parts two keys. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: as above
const KEY_SEPARATOR = /[\u0001\u0002 ]/;

/** Consumers filter by tags between `||`. */
const TAG = /^[^\s|\p{Cc}]+$/u;

/**
 * Says why a RocketMQ that takes requests of `maxBytes` would refuse the message for good, or keep another one than this. Undefined where
 * it would do neither.
 */
export function problem(message: OutgoingMessage, maxBytes = MAX_BODY_BYTES): string | undefined {
  if (message.body.length === 0) return 'the body is empty';
  for (const key of message.keys) {
    if (key === '' || (!isWordText(key) && KEY_SEPARATOR.test(key)))
      return `key ${JSON.stringify(key)} is empty or holds a space or control character`;
  }
  const found = message.properties === faultless ? undefined : propertyProblem(message.properties);
  if (found !== undefined) return found;
  faultless = message.properties;
  if (message.tag !== undefined && !TAG.test(message.tag))
    return `tag ${JSON.stringify(message.tag)} is empty or holds white space, | or a control character`;
  return sizeProblem(message, maxBytes);
}

/** Messages that come one after the other often share their properties. */
let faultless: OutgoingMessage['properties'] | undefined;

function propertyProblem(properties: OutgoingMessage['properties']): string | undefined {
  for (const [name, value] of properties) {
    if (isReservedName(name)) return `property name ${name} is reserved by RocketMQ`;
    if (name === '' || value === '') return `property ${JSON.stringify(name)} has an empty ${name === '' ? 'name' : 'value'}`;
    if (SEPARATOR.test(name) || SEPARATOR.test(value)) return `property ${JSON.stringify(name)} holds a control character`;
  }
  return undefined;
}

/** Says which size RocketMQ would refuse. RocketMQ itself may need some of the bytes for properties. */
export function sizeProblem(message: OutgoingMessage, maxBytes: number, maxPropertiesBytes = MAX_PROPERTIES_BYTES): string | undefined {
  const atMost = mostPropertiesBytes(message);
  if (atMost <= maxPropertiesBytes && encodedBytes(message, atMost) <= maxBytes) return undefined;
  const bytes = propertiesBytes(message);
  if (bytes > maxPropertiesBytes) return `keys and properties take ${bytes} bytes, RocketMQ stores at most ${maxPropertiesBytes}`;
  const total = encodedBytes(message, bytes);
  if (total > maxBytes) return `body, keys and properties take ${total} bytes, rocketmq.maxMessageBytes allows ${maxBytes}`;
  return undefined;
}
