import { createRequire } from 'node:module';
import { crc32c as portable } from '@platformatic/kafka';

type Checksum = (data: Buffer) => number;

let chosen: Checksum | undefined;

/** CRC-32C of the bytes, unsigned. By the processor's own instruction where its package is installed: three times as fast. */
export function crc32c(data: Buffer): number {
  chosen ??= native() ?? portable;
  return chosen(data);
}

/** An optional package of the Kafka library's; beside the bundle of deployed functions lies the one for their processor. */
function native(): Checksum | undefined {
  try {
    return createRequire(import.meta.url)('@node-rs/crc32').crc32c as Checksum;
  } catch {
    return undefined;
  }
}
