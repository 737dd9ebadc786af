import { isUtf8 } from 'node:buffer';

/** A JSON value as text, or the bytes that stand between its quotes as they are. */
export type Json = string | Buffer;

const CHUNK_BYTES = 256 * 1024;
/** Of one UTF-16 unit. */
const MAX_UTF8_BYTES = 3;
const SHORT = 32;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const FIRST_PRINTABLE = 0x20;
/** From so many bytes on four are looked at at a time. */
const LONG = 64;

/**
 * Writes JSON texts into memory that many of them share, piece by piece: strings that are put together first, and large values that
 * are turned into strings and back, would be garbage whose collection costs more than all else.
 */
export class JsonBytes {
  #chunk = Buffer.allocUnsafeSlow(CHUNK_BYTES);
  #start = 0;
  #end = 0;

  text(json: string): void {
    this.#reserve(json.length * MAX_UTF8_BYTES);
    if (json.length > SHORT || !this.#ascii(json)) this.#end += this.#chunk.write(json, this.#end);
  }

  value(json: Json): void {
    if (typeof json === 'string') {
      this.text(json);
      return;
    }
    this.#reserve(json.length + 2);
    this.#chunk[this.#end] = QUOTE;
    this.#end += 1 + json.copy(this.#chunk, this.#end + 1);
    this.#chunk[this.#end] = QUOTE;
    this.#end += 1;
  }

  /** What was written since the last call. */
  take(): Buffer {
    const taken = this.#chunk.subarray(this.#start, this.#end);
    this.#start = this.#end;
    return taken;
  }

  /** False where it is not all ASCII: nothing is written then. For a few characters the call of a native function takes longer. */
  #ascii(text: string): boolean {
    const chunk = this.#chunk;
    const start = this.#end;
    for (let index = 0; index < text.length; index += 1) {
      const code = text.charCodeAt(index);
      if (code > 0x7f) return false;
      chunk[start + index] = code;
    }
    this.#end += text.length;
    return true;
  }

  #reserve(bytes: number): void {
    if (this.#end + bytes <= this.#chunk.length) return;
    const begun = this.#chunk.subarray(this.#start, this.#end);
    this.#chunk = Buffer.allocUnsafeSlow(Math.max(CHUNK_BYTES, 2 * (begun.length + bytes)));
    this.#start = 0;
    this.#end = begun.copy(this.#chunk);
  }
}

/** The JSON of a text in UTF-8. */
export const textJson = (bytes: Buffer): Json => (isPlain(bytes) && isUtf8(bytes) ? bytes : JSON.stringify(bytes.toString()));

/** The same as text. */
export const jsonText = (json: Json): string => (typeof json === 'string' ? json : `"${json}"`);

/** Whether no byte has to be escaped: `"`, `\` or one of the control characters. */
function isPlain(bytes: Buffer): boolean {
  const { length } = bytes;
  let at = 0;
  if (length >= LONG) {
    // Native searches are fast, and there is none for a range.
    if (bytes.includes(QUOTE) || bytes.includes(BACKSLASH)) return false;
    const view = new DataView(bytes.buffer, bytes.byteOffset, length);
    for (; at + 16 <= length; at += 16) {
      const found = controls(view, at) | controls(view, at + 4) | controls(view, at + 8) | controls(view, at + 12);
      if ((found & 0x80808080) !== 0) return false;
    }
  }
  for (; at < length; at += 1) {
    const byte = bytes[at] as number;
    if (byte < FIRST_PRINTABLE || byte === QUOTE || byte === BACKSLASH) return false;
  }
  return true;
}

/** Four bytes: the highest bit is 1 in those that were less than what is subtracted, and in others behind these. */
function controls(view: DataView, at: number): number {
  const four = view.getInt32(at, true);
  return (four - 0x20202020) & ~four;
}
