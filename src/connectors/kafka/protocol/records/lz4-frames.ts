const FRAME = 0x184d2204;
/** Any of sixteen numbers begins a frame that readers pass over. */
const SKIPPED = 0x184d2a50;
const CONTENT_CHECKSUM = 1 << 2;
const CONTENT_SIZE = 1 << 3;
const BLOCK_CHECKSUM = 1 << 4;
const DICTIONARY = 1;
const STORED = 0x8000_0000;

/** The lz4 frames of a batch, each whole: the library reads the first one only, and does not check that it is complete. Throws Error where one is cut. */
export function lz4Frames(data: Buffer): Buffer[] {
  const frames: Buffer[] = [];
  for (let at = 0; at < data.length; ) {
    const magic = uint32(data, at);
    const skipped = (magic & ~0xf) >>> 0 === SKIPPED;
    if (!skipped && magic !== FRAME) throw new Error('its lz4 data is damaged');
    const end = skipped ? at + 8 + uint32(data, at + 4) : endOfFrame(data, at);
    if (end > data.length) throw new Error('its lz4 data is cut');
    if (!skipped) frames.push(data.subarray(at, end));
    at = end;
  }
  if (frames.length === 0) throw new Error('its lz4 data is cut');
  return frames;
}

function endOfFrame(data: Buffer, start: number): number {
  const flags = data[start + 4] ?? 0;
  // Flags, block size and the header's checksum.
  let at = start + 7 + (flags & CONTENT_SIZE ? 8 : 0) + (flags & DICTIONARY ? 4 : 0);
  for (;;) {
    const size = uint32(data, at);
    at += 4;
    if (size === 0) return at + (flags & CONTENT_CHECKSUM ? 4 : 0);
    at += (size >= STORED ? size - STORED : size) + (flags & BLOCK_CHECKSUM ? 4 : 0);
  }
}

function uint32(data: Buffer, at: number): number {
  if (at + 4 > data.length) throw new Error('its lz4 data is cut');
  return data.readUInt32LE(at);
}
