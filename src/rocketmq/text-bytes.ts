/** Counts the bytes of a text in UTF-8. Nearly all are ASCII, for which a loop is faster than a native call. */
export function utf8Bytes(text: string): number {
  for (let index = 0; index < text.length; index += 1) if (text.charCodeAt(index) > 0x7f) return Buffer.byteLength(text);
  return text.length;
}

/**
 * Writes the text in UTF-8 and returns where it ends. It goes character by character: texts put together first would be garbage, and a
 * native call takes longer for a short one.
 */
export function write(out: Buffer, at: number, text: string): number {
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code > 0x7f) return at + out.write(text, at);
    out[at + index] = code;
  }
  return at + text.length;
}
