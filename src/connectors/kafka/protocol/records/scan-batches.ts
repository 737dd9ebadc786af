import { createRequire } from 'node:module';
import { crc32c as portable } from '@platformatic/kafka';
import { type Damage, misplaced, oldFormat, placeBehind, unframed } from './damage.ts';
import { readInt64, readRecordBatch } from './record-batch.ts';

/** Base offset and length, which all formats begin with. */
const PREFIX_BYTES = 12;
const MAGIC_AT = 16;
const CHECKSUM_AT = 17;
/** The checksum is of all that comes behind it. */
const CHECKED_FROM = 21;
const CURRENT_MAGIC = 2;
/** Bytes of the smallest batch, or message of an older format. */
const LEAST_BYTES = [26, 34, 61];

/** Offsets that no batch has, up to and without `to`. */
export interface Gap {
  readonly from: number;
  readonly to: number;
}

export interface Scan {
  /** Index of the first byte to read: brokers may begin with a batch that was passed before. */
  readonly start: number;
  /** Index of the first byte behind the last whole, undamaged batch. */
  readonly end: number;
  /** The offset behind that batch; undefined where there is none. */
  readonly after: number | undefined;
  readonly damage: Damage | undefined;
  /** Offset of a batch that can't be judged yet, because it passes the end of the partition: that was told before the bytes were read. */
  readonly undecided?: number;
  /** What is missing before and between the whole batches: compaction takes it, and so does a log that lost something. */
  readonly gaps: readonly Gap[];
}

/**
 * Finds the whole record batches that a fetch from offset `from` brought, and checks each against its checksum, up to the first that
 * can't be trusted; a broker may cut the last one. `partitionEnd`: the offset where the partition ends, as told with the answer, which
 * may hold records that came since. `undecided`: what the answer before left undecided; it is decided now, as `partitionEnd` is newer.
 */
export function scanBatches(buffer: Buffer, from: number, partitionEnd: number, undecided?: number): Scan {
  const gaps: Gap[] = [];
  let start = 0;
  let at = 0;
  let after: number | undefined;
  /** The batch directly before, where offsets are missing before it. */
  let leap: (Gap & { readonly at: number; readonly after: number | undefined }) | undefined;
  for (;;) {
    const end = endOf(buffer, at);
    if (end === undefined) {
      // Only the batch behind the last one would show that its offset is wrong: the next fetch begins with it, and brings more.
      if (leap?.after !== undefined && after !== undefined && after < partitionEnd && Number.isFinite(partitionEnd))
        return { start, end: leap.at, after: leap.after, damage: undefined, gaps: gaps.slice(0, -1) };
      return { start, end: at, after, damage: undefined, gaps };
    }
    const offset = readInt64(buffer, at);
    if (after === undefined && offsetAt(buffer, end) === from) {
      // Two batches claim to begin there, and nothing tells which one does.
      if (offset === from) return { start, end: at, after, damage: { ...unframed(from), bytes: buffer.subarray(at) }, gaps };
      // Brokers may begin with a batch that was passed before, whatever its header says.
      start = end;
      at = end;
      continue;
    }
    const damage = problemAt(buffer, at, end, from, after, partitionEnd);
    if (damage === undefined) {
      const due = after ?? from;
      leap = offset > due ? { from: due, to: offset, at, after } : undefined;
      if (leap !== undefined) gaps.push({ from: due, to: offset });
      after = Math.max(due, readRecordBatch(buffer, at).lastOffset + 1);
    } else if (leap !== undefined && offset >= leap.from && offset < (after ?? 0)) {
      // Checksums leave the first offset out. This batch belongs where the gap before the last one is, so the last one's offset is too high.
      const wrong = misplaced(buffer, leap.at, at, leap.from, partitionEnd);
      return { start, end: leap.at, after: leap.after, damage: wrong, gaps: gaps.slice(0, -1) };
    } else if (after === undefined && damage.behind !== undefined && damage.behind <= from) start = end;
    else {
      const due = after ?? from;
      if (due === undecided || !passesEnd(buffer, at, end, partitionEnd)) return { start, end: at, after, damage, gaps };
      return { start, end: at, after, damage: undefined, undecided: due, gaps };
    }
    at = end;
  }
}

/** Whether the batch, or what follows it, is behind the end of the partition as it was told. */
function passesEnd(buffer: Buffer, at: number, end: number, partitionEnd: number): boolean {
  const magic = magicAt(buffer, at);
  if (!isFramed(magic, end - at)) return false;
  const following = offsetAt(buffer, end);
  if (following !== undefined) return following > partitionEnd;
  return (magic === CURRENT_MAGIC ? readRecordBatch(buffer, at).lastOffset : readInt64(buffer, at)) >= partitionEnd;
}

/** Index behind what begins at `at`, by its own length; undefined where it is cut. */
function endOf(buffer: Buffer, at: number): number | undefined {
  if (at + PREFIX_BYTES > buffer.length) return undefined;
  const end = at + PREFIX_BYTES + Math.max(0, buffer.readInt32BE(at + 8));
  if (end <= buffer.length) return end;
  // Other bytes announce any length, and would be waited for.
  const magic = buffer[at + MAGIC_AT];
  return magic === undefined || magic in LEAST_BYTES ? undefined : buffer.length;
}

/** Offset of the batch that begins there, where one does. */
const offsetAt = (buffer: Buffer, at: number): number | undefined => (at + 8 <= buffer.length ? readInt64(buffer, at) : undefined);

const magicAt = (buffer: Buffer, at: number): number => buffer[at + MAGIC_AT] ?? -1;
const isFramed = (magic: number, bytes: number): boolean => bytes >= (LEAST_BYTES[magic] ?? Number.POSITIVE_INFINITY);

function problemAt(
  buffer: Buffer,
  at: number,
  end: number,
  from: number,
  after: number | undefined,
  partitionEnd: number,
): Damage | undefined {
  const next = after ?? from;
  const magic = magicAt(buffer, at);
  if (!isFramed(magic, end - at)) return { ...unframed(next), bytes: buffer.subarray(at) };
  const bytes = buffer.subarray(at, end);
  const offset = readInt64(bytes, 0);
  const hasPlace = Number.isSafeInteger(offset) && offset >= (after ?? 0) && (offset <= next || offset < partitionEnd);
  if (magic !== CURRENT_MAGIC) return hasPlace ? oldFormat(bytes, magic, offset, next) : { ...unframed(next), bytes };
  const [stored, counted] = [bytes.readUInt32BE(CHECKSUM_AT), crc32c(bytes.subarray(CHECKED_FROM))];
  if (stored === counted) {
    // Where nothing is missing before it, its place needs no other proof.
    const fits = hasPlace && (offset <= next || readRecordBatch(buffer, at).lastOffset < partitionEnd);
    return fits ? undefined : misplaced(buffer, at, end, next, partitionEnd);
  }
  if (!hasPlace) return { ...unframed(next), bytes };
  const hex = (checksum: number) => checksum.toString(16).padStart(8, '0');
  const message = `its checksum is ${hex(stored)}, and that of its bytes is ${hex(counted)}: it was damaged after it was written`;
  return { bytes, firstOffset: Math.max(offset, next), ...placeBehind(buffer, at, end, partitionEnd, message) };
}

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
