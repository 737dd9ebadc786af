import { utf8Bytes } from '../text-bytes.ts';
import type { OutgoingMessage, SpecialTopic } from '../types.ts';
import { systemOf, timeOf } from './alike-fields.ts';
import { ID_BYTES, writeMessageId } from './message-ids.ts';
import { copy, fieldBytes, writeBytes, writeHead, writeText } from './proto-writer.ts';
import { UserProperties } from './user-properties.ts';
import { MESSAGE, SEND_REQUEST, SYSTEM } from './wire-fields.ts';

const NOTHING: Buffer = Buffer.alloc(0);
const ID_FIELD_BYTES = fieldBytes(SYSTEM.messageId, ID_BYTES);

/**
 * Writes the messages of one request. A field is preceded by its length, so each message is sized first. It makes no object for a
 * message: a function with little memory would spend as much time on garbage as on the messages.
 */
export class MessageWriter {
  readonly #topicField: Buffer;
  readonly #alike: Buffer;
  readonly #type: SpecialTopic | undefined;
  readonly #properties = new UserProperties();
  /** Of the message that was sized last. */
  #systemBytes = 0;
  #messageBytes = 0;
  #group: string | undefined;
  #deliverAt: Buffer = NOTHING;

  /** `type`: a proxy refuses a group or a time of delivery in topics of other types. */
  constructor(topicField: Buffer, type: SpecialTopic | undefined) {
    this.#topicField = topicField;
    this.#alike = systemOf(type);
    this.#type = type;
  }

  /** Returns how many bytes the message takes in the request. */
  size({ body, keys, properties, tag, group, deliverAt }: OutgoingMessage): number {
    this.#group = this.#type === 'FIFO' ? group : undefined;
    this.#deliverAt = this.#type === 'DELAY' && deliverAt !== undefined ? timeOf(SYSTEM.deliverAt, deliverAt) : NOTHING;
    let system = this.#alike.length + ID_FIELD_BYTES + this.#deliverAt.length;
    if (tag !== undefined) system += fieldBytes(SYSTEM.tag, utf8Bytes(tag));
    for (const key of keys) system += fieldBytes(SYSTEM.keys, utf8Bytes(key));
    if (this.#group !== undefined) system += fieldBytes(SYSTEM.group, utf8Bytes(this.#group));
    this.#systemBytes = system;
    this.#messageBytes =
      this.#topicField.length +
      this.#properties.size(properties) +
      fieldBytes(MESSAGE.systemProperties, system) +
      fieldBytes(MESSAGE.body, body.length);
    return fieldBytes(SEND_REQUEST.messages, this.#messageBytes);
  }

  /** Writes the message that was sized last. Returns where it ends. */
  write(out: Buffer, at: number, { body, keys, properties, tag }: OutgoingMessage): number {
    let end = writeHead(out, at, SEND_REQUEST.messages, this.#messageBytes);
    end = copy(out, end, this.#topicField);
    end = this.#properties.write(out, end, properties);
    end = writeHead(out, end, MESSAGE.systemProperties, this.#systemBytes);
    if (tag !== undefined) end = writeText(out, end, SYSTEM.tag, tag, utf8Bytes(tag));
    for (const key of keys) end = writeText(out, end, SYSTEM.keys, key, utf8Bytes(key));
    end = writeMessageId(out, writeHead(out, end, SYSTEM.messageId, ID_BYTES));
    end = copy(out, end, this.#alike);
    end = copy(out, end, this.#deliverAt);
    if (this.#group !== undefined) end = writeText(out, end, SYSTEM.group, this.#group, utf8Bytes(this.#group));
    return writeBytes(out, end, MESSAGE.body, body);
  }
}
