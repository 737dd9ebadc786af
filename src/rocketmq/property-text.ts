import { isUtf8 } from 'node:buffer';

/** Control characters of all of Unicode. Some end a property in RocketMQ's store, so none is let through. */
const CONTROL = /\p{Cc}/u;
const SPACE = /\s/;

/** Says whether the bytes are printable ASCII without the space, as nearly all are. It takes one loop and no decoding. */
function isWord(bytes: Buffer): boolean {
  for (let index = 0; index < bytes.length; index += 1) {
    const byte = bytes[index] as number;
    if (byte < 0x21 || byte > 0x7e) return false;
  }
  return true;
}

/** Says the same of a text. */
export function isWordText(text: string): boolean {
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code < 0x21 || code > 0x7e) return false;
  }
  return true;
}

/** Returns the bytes as text that a property value keeps exactly. Undefined where they are empty, no UTF-8, or have control characters. */
export function asPropertyText(bytes: Buffer): string | undefined {
  if (bytes.length === 0) return undefined;
  if (isWord(bytes)) return bytes.toString('latin1');
  if (!isUtf8(bytes)) return undefined;
  const text = bytes.toString();
  return CONTROL.test(text) ? undefined : text;
}

/** Says whether text that a property keeps is also fit for a message key, of which a space would make two. */
export const isKeyText = (text: string): boolean => isWordText(text) || !SPACE.test(text);
