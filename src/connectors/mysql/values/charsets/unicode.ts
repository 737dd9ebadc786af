import { UNKNOWN, Utf8Writer } from './utf8-writer.ts';

/** UTF-8 of a text in another character set, as the server gives it to a session with `utf8mb4`. */
export type ToUtf8 = (bytes: Buffer) => Buffer;

const asItIs: ToUtf8 = (bytes) => bytes;

/** Character sets of Unicode itself, whose bytes follow from a rule. */
export const UNICODE: Readonly<Record<string, ToUtf8>> = {
  utf8: asItIs,
  utf8mb3: asItIs,
  utf8mb4: asItIs,
  ucs2: (bytes) => units(bytes, 2, (at) => bytes.readUInt16BE(at)),
  utf32: (bytes) => units(bytes, 4, (at) => bytes.readUInt32BE(at)),
  utf16: (bytes) => pairs(bytes, (at) => bytes.readUInt16BE(at)),
  utf16le: (bytes) => pairs(bytes, (at) => bytes.readUInt16LE(at)),
};

function units(bytes: Buffer, size: number, read: (at: number) => number): Buffer {
  const utf8 = new Utf8Writer(bytes);
  for (let at = 0; at + size <= bytes.length; at += size) utf8.add(read(at));
  return utf8.take();
}

function pairs(bytes: Buffer, read: (at: number) => number): Buffer {
  const utf8 = new Utf8Writer(bytes);
  for (let at = 0; at + 2 <= bytes.length; at += 2) {
    const unit = read(at);
    if (unit < 0xd800 || unit > 0xdfff) utf8.add(unit);
    else if (at + 4 <= bytes.length) {
      utf8.add(0x1_0000 + ((unit & 0x3ff) << 10) + (read(at + 2) & 0x3ff));
      at += 2;
    } else utf8.add(UNKNOWN);
  }
  return utf8.take();
}
