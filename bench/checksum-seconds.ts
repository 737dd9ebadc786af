import { performance } from 'node:perf_hooks';
import { crc32c } from '../src/connectors/kafka/protocol/records/scan-batches.ts';

/** Batches have the size of those that the benchmark writes to Kafka. */
const BATCH_BYTES = 512 * 1024;

/** Returns the seconds that one task takes for the checksums of that many bytes of record batches. */
export function checksumSeconds(bytes: number): number {
  const batch = Buffer.alloc(BATCH_BYTES, 'x');
  const start = performance.now();
  for (let done = 0; done < bytes; done += BATCH_BYTES) crc32c(batch);
  return (performance.now() - start) / 1_000;
}
