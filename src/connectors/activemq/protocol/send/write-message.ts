import type { AmqpMessage, HEADER_FIELDS, PROPERTY_FIELDS } from '../amqp-message.ts';
import type { AmqpValue } from '../amqp-value.ts';
import { writeValue } from './write-value.ts';

const HEADER = 0x70;
const ANNOTATIONS = 0x72;
const PROPERTIES = 0x73;
const APPLICATION_PROPERTIES = 0x74;
const FOOTER = 0x78;
const BODY = { data: 0x75, sequence: 0x76, value: 0x77 } as const;
const NULL: AmqpValue = { type: 'null', value: null };

/** Encodes a message: the inverse of `readMessage`. Throws RangeError for values that their types can't be. */
export function writeMessage({ header, annotations, properties, applicationProperties, body, footer }: AmqpMessage): Buffer {
  const parts = body.parts.length === 0 ? [NULL] : body.parts;
  return Buffer.concat([
    section(HEADER, { type: 'list', value: header }),
    ...(annotations.length > 0 ? [section(ANNOTATIONS, { type: 'map', value: annotations })] : []),
    section(PROPERTIES, { type: 'list', value: properties }),
    ...(applicationProperties.length > 0 ? [section(APPLICATION_PROPERTIES, { type: 'map', value: applicationProperties })] : []),
    ...parts.map((part) => section(BODY[body.kind], part)),
    ...(footer.length > 0 ? [section(FOOTER, { type: 'map', value: footer })] : []),
  ]);
}

const section = (number: number, content: AmqpValue): Buffer =>
  writeValue({ type: 'described', value: [{ type: 'ulong', value: BigInt(number) }, content] });

type Fields = typeof HEADER_FIELDS | typeof PROPERTY_FIELDS;

/** The list of a section, of fields by their names: absent ones are null. */
export const fieldsInOrder = (fields: Fields, values: ReadonlyMap<string, AmqpValue>): AmqpValue[] =>
  fields.map(([name]) => values.get(name) ?? NULL);
