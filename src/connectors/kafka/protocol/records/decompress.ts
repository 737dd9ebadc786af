import { gunzipSync, zstdDecompressSync } from 'node:zlib';
import { compressionsAlgorithms } from '@platformatic/kafka';

/** What one batch may become, in bytes: Kafka's own limit of a batch is 1 MiB by default, and a task must be able to hold it. */
const MAX_BYTES = 256 * 1024 * 1024;

const METHODS: ReadonlyMap<number, (data: Buffer) => Buffer> = new Map([
  [1, (data) => inFrames(data, gunzipSync)],
  [2, (data) => joined(snappyBlocks(data).map((block) => unpacked('snappy', block)))],
  [3, (data) => joined(lz4Frames(data).map((frame) => unpacked('lz4', frame)))],
  [4, (data) => inFrames(data, zstdDecompressSync)],
]);

/**
 * Undoes a batch's compression, by the number in its header. Gives all of it, however many frames, members or blocks a producer
 * wrote. Throws Error where anything is cut, damaged, too large or left over: never a part.
 */
export function decompress(method: number, data: Buffer): Buffer {
  const undo = METHODS.get(method);
  if (undo === undefined) throw new Error(`it is compressed by an unknown method, number ${method}`);
  return undo(data);
}

type Inflate = (data: Buffer, options: { readonly maxOutputLength: number; readonly info: boolean }) => Buffer;

/** What Node gives with `info`: its types leave it out. */
interface Informed {
  readonly buffer: Buffer;
  readonly engine: { readonly bytesWritten: number };
}

/** Node stops after the first zstd frame, and before bytes that are no gzip member, without an error. */
function inFrames(data: Buffer, inflate: Inflate): Buffer {
  const parts: Buffer[] = [];
  let left = MAX_BYTES;
  let rest = data;
  do {
    const { buffer, engine } = inflate(rest, { maxOutputLength: left, info: true }) as unknown as Informed;
    parts.push(buffer);
    left = Math.max(1, left - buffer.length);
    rest = rest.subarray(engine.bytesWritten);
  } while (rest.length > 0);
  return joined(parts);
}

function unpacked(name: 'snappy' | 'lz4', data: Buffer): Buffer {
  try {
    return compressionsAlgorithms[name].decompressSync(data) as Buffer;
  } catch (error) {
    // The library's WebAssembly says no more than `unreachable`.
    throw new Error(`its ${name} data is damaged`, { cause: error });
  }
}

function joined(parts: readonly Buffer[]): Buffer {
  const [first] = parts;
  // A snappy stream may be cut right behind its header.
  if (first === undefined) throw new Error('it holds nothing');
  return parts.length === 1 ? first : Buffer.concat(parts);
}

/** How snappy's Java library begins a stream; Kafka's producers in Java write these. */
const SNAPPY_STREAM = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0x00]);
/** The magic bytes and two versions. */
const SNAPPY_HEADER_BYTES = 16;
const SNAPPY_LENGTH_BYTES = 4;

/** The compressed blocks of a batch: one alone, or those of one or several streams. Throws Error where one is cut. */
function snappyBlocks(data: Buffer): Buffer[] {
  if (!isSnappyStream(data, 0)) return [data];
  const blocks: Buffer[] = [];
  for (let at = 0; at < data.length; ) {
    if (isSnappyStream(data, at)) {
      at += SNAPPY_HEADER_BYTES;
      if (at > data.length) throw new Error('its snappy data is cut');
      continue;
    }
    const start = at + SNAPPY_LENGTH_BYTES;
    const end = start > data.length ? Number.POSITIVE_INFINITY : start + data.readUInt32BE(at);
    if (end > data.length) throw new Error('its snappy data is cut');
    blocks.push(data.subarray(start, end));
    at = end;
  }
  return blocks;
}

const isSnappyStream = (data: Buffer, at: number): boolean => data.subarray(at, at + SNAPPY_STREAM.length).equals(SNAPPY_STREAM);

const LZ4_FRAME = 0x184d2204;
/** Any of sixteen numbers begins a frame that readers pass over. */
const LZ4_SKIPPED = 0x184d2a50;
const CONTENT_CHECKSUM = 1 << 2;
const CONTENT_SIZE = 1 << 3;
const BLOCK_CHECKSUM = 1 << 4;
const DICTIONARY = 1;
const STORED = 0x8000_0000;

/** The lz4 frames of a batch, each whole: the library reads the first one only, and does not check that it is complete. Throws Error where one is cut. */
function lz4Frames(data: Buffer): Buffer[] {
  const frames: Buffer[] = [];
  for (let at = 0; at < data.length; ) {
    const magic = lz4Uint32(data, at);
    const skipped = (magic & ~0xf) >>> 0 === LZ4_SKIPPED;
    if (!skipped && magic !== LZ4_FRAME) throw new Error('its lz4 data is damaged');
    const end = skipped ? at + 8 + lz4Uint32(data, at + 4) : endOfLz4Frame(data, at);
    if (end > data.length) throw new Error('its lz4 data is cut');
    if (!skipped) frames.push(data.subarray(at, end));
    at = end;
  }
  if (frames.length === 0) throw new Error('its lz4 data is cut');
  return frames;
}

function endOfLz4Frame(data: Buffer, start: number): number {
  const flags = data[start + 4] ?? 0;
  // Flags, block size and the header's checksum.
  let at = start + 7 + (flags & CONTENT_SIZE ? 8 : 0) + (flags & DICTIONARY ? 4 : 0);
  for (;;) {
    const size = lz4Uint32(data, at);
    at += 4;
    if (size === 0) return at + (flags & CONTENT_CHECKSUM ? 4 : 0);
    at += (size >= STORED ? size - STORED : size) + (flags & BLOCK_CHECKSUM ? 4 : 0);
  }
}

function lz4Uint32(data: Buffer, at: number): number {
  if (at + 4 > data.length) throw new Error('its lz4 data is cut');
  return data.readUInt32LE(at);
}
