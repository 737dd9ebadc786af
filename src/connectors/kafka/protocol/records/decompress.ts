import { gunzipSync, zstdDecompressSync } from 'node:zlib';
import { compressionsAlgorithms } from '@platformatic/kafka';
import { lz4Frames } from './lz4-frames.ts';
import { snappyBlocks } from './snappy-blocks.ts';

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
