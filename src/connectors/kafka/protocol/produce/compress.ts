import { promisify } from 'node:util';
import { gzip, zstdCompress } from 'node:zlib';
import { compressionsAlgorithms } from '@platformatic/kafka';
import type { Compression } from './compressions.ts';

/** Node's own methods work beside the event loop, and the library's WebAssembly in it. */
export async function compress(compression: Compression, data: Buffer): Promise<Buffer> {
  if (compression === 'none') return data;
  if (compression === 'gzip') return promisify(gzip)(data);
  if (compression === 'zstd') return promisify(zstdCompress)(data);
  return Buffer.from(compressionsAlgorithms[compression].compressSync(data));
}
