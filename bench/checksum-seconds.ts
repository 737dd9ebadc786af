import { performance } from 'node:perf_hooks';
import { crc32c } from '../src/connectors/kafka/protocol/records/crc32c.ts';

/** As large as the batches that the benchmark fills Kafka with. */
const BATCH_BYTES = 512 * 1024;

/** Seconds that the checksums of so many bytes of record batches take, of one task that copies them. */
export function checksumSeconds(bytes: number): number {
  const batch = Buffer.alloc(BATCH_BYTES, 'x');
  const start = performance.now();
  for (let done = 0; done < bytes; done += BATCH_BYTES) crc32c(batch);
  return (performance.now() - start) / 1_000;
}
