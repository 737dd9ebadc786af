import { compressionsAlgorithmsByBitmask } from '@platformatic/kafka';
import { ConnectError } from '../../api/index.ts';

/** Undoes a batch's compression, by the number in its header. */
export function decompress(compression: number, data: Buffer): Buffer {
  const algorithm = compressionsAlgorithmsByBitmask[compression as keyof typeof compressionsAlgorithmsByBitmask];
  if (algorithm === undefined) throw new ConnectError('WRONG_KIND', `records are compressed by an unknown method, number ${compression}`);
  return algorithm.decompressSync(data) as Buffer;
}
