import type { AmqpMessage, JmsType } from '../protocol/amqp-message.ts';
import type { AmqpValue } from '../protocol/amqp-value.ts';
import { endsEarly } from '../protocol/java-serialization.ts';

/** What Artemis's own clients note about a large message: how many bytes its body had. */
const LARGE_SIZE = '_AMQ_LARGE_SIZE';
/** What Artemis puts in the place of a body that it can't translate. */
const NOT_TRANSLATED = /^Conversion to AMQP error/;
/** Artemis writes a text as two bytes for each UTF-16 unit behind five others, and bytes of an object behind four. */
const TEXT_BYTES = { head: 5, unit: 2 };
const OBJECT_HEAD = 4;

/** What is wrong with a message that the broker had to translate; undefined where nothing is known against it. */
export function damageOf({ applicationProperties, body }: AmqpMessage, type: JmsType): string | undefined {
  const [first] = body.parts;
  const size = numberOf(applicationProperties.find(([{ value }]) => value === LARGE_SIZE)?.[1]);
  const arrived = size === undefined ? undefined : originalBytes(body.parts, type);
  if (arrived !== undefined && arrived !== size) return `the broker hands out ${arrived} of the ${size} bytes that ${LARGE_SIZE} says`;
  if (type === 'message' && first?.type === 'string' && NOT_TRANSLATED.test(first.value)) {
    return 'the broker could not translate its body into AMQP';
  }
  if (type === 'object' && first?.type === 'binary' && endsEarly(first.value)) {
    return 'its serialized object ends early: the broker cuts objects that were sent compressed (useCompression)';
  }
  return undefined;
}

function originalBytes(parts: readonly AmqpValue[], type: JmsType): number | undefined {
  const [first] = parts;
  if (first?.type === 'string') return type === 'text' ? TEXT_BYTES.head + TEXT_BYTES.unit * first.value.length : undefined;
  if (first?.type !== 'binary') return undefined;
  const bytes = parts.reduce((sum, { type: part, value }) => sum + (part === 'binary' ? value.length : 0), 0);
  return type === 'object' ? bytes + OBJECT_HEAD : bytes;
}

const numberOf = (value: AmqpValue | undefined): number | undefined =>
  value?.type === 'long' || value?.type === 'int' ? Number(value.value) : undefined;
