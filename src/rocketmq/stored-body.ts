import { inflateSync, zstdDecompressSync } from 'node:zlib';
import { lz4Decompress } from './lz4-frame.ts';

const COMPRESSED = 1;
const METHOD = 0x700;
/** What one message may become, bytes: a broker takes 4 MiB by default, and a task must be able to hold it. */
const MAX_BYTES = 256 * 1024 * 1024;

const inflate = (body: Buffer): Buffer => inflateSync(body, { maxOutputLength: MAX_BYTES });

/** By the bits of a message's system flags. Clients up to 4.9.2 set none of them, and compressed by zlib. */
const METHODS: ReadonlyMap<number, (body: Buffer) => Buffer> = new Map([
  [0, inflate],
  [0x100, (body) => lz4Decompress(body, MAX_BYTES)],
  [0x200, (body) => zstdDecompressSync(body, { maxOutputLength: MAX_BYTES })],
  [0x300, inflate],
]);

/** Returns the body of a message as its producer gave it. Throws Error where it is compressed in an unknown way, damaged or larger than 256 MiB. */
export function plainBody(stored: Buffer, sysFlag: number): Buffer {
  if ((sysFlag & COMPRESSED) === 0) return stored;
  const method = METHODS.get(sysFlag & METHOD);
  if (method === undefined) throw new Error(`its body is compressed in an unknown way (flags ${sysFlag})`);
  return method(stored);
}
