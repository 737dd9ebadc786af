import { utf8Bytes } from '../text-bytes.ts';
import type { OutgoingMessage } from '../types.ts';
import { fieldBytes, writeHead, writeText } from './proto-writer.ts';
import { ENTRY, MESSAGE } from './wire-fields.ts';

type Properties = OutgoingMessage['properties'];

/** Writes the properties of messages. Those that come one after the other often share them: these are looked at once. */
export class UserProperties {
  #sized: Properties | undefined;
  #bytes = 0;
  /** Where they were written last. */
  #out: Buffer | undefined;
  #at = 0;

  /** Counts the bytes of all fields. */
  size(properties: Properties): number {
    if (properties === this.#sized) return this.#bytes;
    this.#sized = properties;
    this.#out = undefined;
    this.#bytes = 0;
    for (const [name, value] of properties) this.#bytes += fieldBytes(MESSAGE.userProperties, entryBytes(name, value));
    return this.#bytes;
  }

  /** Writes the properties that were sized last. Returns where they end. */
  write(out: Buffer, at: number, properties: Properties): number {
    if (out === this.#out) {
      out.copyWithin(at, this.#at, this.#at + this.#bytes);
      return at + this.#bytes;
    }
    this.#out = out;
    this.#at = at;
    let end = at;
    for (const [name, value] of properties) {
      end = writeHead(out, end, MESSAGE.userProperties, entryBytes(name, value));
      end = writeText(out, end, ENTRY.key, name, utf8Bytes(name));
      end = writeText(out, end, ENTRY.value, value, utf8Bytes(value));
    }
    return end;
  }
}

const entryBytes = (name: string, value: string): number =>
  fieldBytes(ENTRY.key, utf8Bytes(name)) + fieldBytes(ENTRY.value, utf8Bytes(value));
