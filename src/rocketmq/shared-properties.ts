import { write } from './text-bytes.ts';
import type { OutgoingMessage } from './types.ts';

type Properties = OutgoingMessage['properties'];

/** These end a name and a value where RocketMQ stores them. */
export const NAME_END = '\u0001';
export const VALUE_END = '\u0002';

/** Encodes properties. Messages that come one after the other often share them: those are looked at and encoded once. */
export class SharedProperties {
  #properties: Properties | undefined;
  #characters = 0;
  #writes = 0;
  #encoded: Buffer | undefined;

  /** Counts the characters of all names and values, and of what ends them. */
  characters(properties: Properties): number {
    if (properties !== this.#properties) this.#turnTo(properties);
    return this.#characters;
  }

  /** Writes the properties. Returns where they end. */
  write(out: Buffer, start: number, properties: Properties): number {
    if (properties !== this.#properties) this.#turnTo(properties);
    if (this.#encoded !== undefined) {
      out.set(this.#encoded, start);
      return start + this.#encoded.length;
    }
    let end = start;
    for (const [name, value] of properties) {
      end = write(out, end, name);
      end = write(out, end, NAME_END);
      end = write(out, end, value);
      end = write(out, end, VALUE_END);
    }
    this.#writes += 1;
    // Those of one message alone are not worth a copy.
    if (this.#writes > 1) this.#encoded = Buffer.from(out.subarray(start, end));
    return end;
  }

  #turnTo(properties: Properties): void {
    this.#properties = properties;
    this.#characters = 0;
    this.#writes = 0;
    this.#encoded = undefined;
    for (const [name, value] of properties) this.#characters += name.length + value.length + 2;
  }
}
