import { ConnectError } from '../../api/index.ts';
import { crc32c } from './crc32c.ts';
import { readInt64, readRecordBatch } from './record-batch.ts';

/** Base offset and length, which all formats begin with. */
const PREFIX_BYTES = 12;
const MAGIC_AT = 16;
const CHECKSUM_AT = 17;
/** The checksum is of all that comes behind it. */
const CHECKED_FROM = 21;
const CURRENT_MAGIC = 2;
const OLD_ATTRIBUTES_AT = 17;
/** Bytes of the smallest batch, or message of an older format. */
const LEAST_BYTES = [26, 34, 61];

const OTHER_REPLICA = 'let another replica lead the partition, where only this one is damaged (kafka-leader-election, or reassign it)';
const PASS = 'or set errors.tolerance to dead-letter, which keeps its bytes';

/** The first of the bytes of a fetch that can't be read. */
export interface Damage {
  readonly error: ConnectError;
  readonly bytes: Buffer;
  readonly firstOffset: number;
  /** The offset behind it; undefined where it is not known. */
  readonly behind: number | undefined;
}

export interface Scan {
  /** Index of the first byte to read: brokers may begin with a batch that was passed before. */
  readonly start: number;
  /** Index of the first byte behind the last whole, undamaged batch. */
  readonly end: number;
  /** The offset behind that batch; undefined where there is none. */
  readonly after: number | undefined;
  readonly damage: Damage | undefined;
}

/**
 * Finds the whole record batches that a fetch from offset `from` brought, and checks each against its checksum, up to the first that
 * can't be trusted; a broker may cut the last one. `partitionEnd`: the offset where the partition ends, as told with the answer.
 */
export function scanBatches(buffer: Buffer, from: number, partitionEnd: number): Scan {
  let start = 0;
  let at = 0;
  let after: number | undefined;
  for (;;) {
    const end = endOf(buffer, at);
    if (end === undefined) return { start, end: at, after, damage: undefined };
    const damage = problemAt(buffer, at, end, from, after, partitionEnd);
    if (damage === undefined) after = Math.max(after ?? from, readRecordBatch(buffer, at).lastOffset + 1);
    else if (after === undefined && damage.behind !== undefined && damage.behind <= from) start = end;
    else return { start, end: at, after, damage };
    at = end;
  }
}

/** Index behind what begins at `at`, by its own length; undefined where it is cut. */
function endOf(buffer: Buffer, at: number): number | undefined {
  if (at + PREFIX_BYTES > buffer.length) return undefined;
  const end = at + PREFIX_BYTES + buffer.readInt32BE(at + 8);
  if (end <= buffer.length) return end;
  // Other bytes announce any length, and would be waited for.
  const magic = buffer[at + MAGIC_AT];
  return magic === undefined || magic in LEAST_BYTES ? undefined : buffer.length;
}

function problemAt(
  buffer: Buffer,
  at: number,
  end: number,
  from: number,
  after: number | undefined,
  partitionEnd: number,
): Damage | undefined {
  const next = after ?? from;
  const magic = buffer[at + MAGIC_AT] ?? -1;
  if (end - at < (LEAST_BYTES[magic] ?? Number.POSITIVE_INFINITY)) return { ...unframed(next), bytes: buffer.subarray(at) };
  const bytes = buffer.subarray(at, end);
  const offset = readInt64(bytes, 0);
  if (!Number.isSafeInteger(offset) || offset < 0 || (after !== undefined && offset < after)) return { ...unframed(next), bytes };
  if (magic !== CURRENT_MAGIC) return oldFormat(bytes, magic, offset, next);
  const [stored, counted] = [bytes.readUInt32BE(CHECKSUM_AT), crc32c(bytes.subarray(CHECKED_FROM))];
  if (stored === counted) return undefined;
  const hex = (checksum: number) => checksum.toString(16).padStart(8, '0');
  const message = `its checksum is ${hex(stored)}, and that of its bytes is ${hex(counted)}: it was damaged after it was written`;
  return { bytes, firstOffset: Math.max(offset, next), ...placeBehind(buffer, at, end, partitionEnd, message) };
}

/**
 * The header of a damaged batch may lie about where the batch ends. What it says counts where the next batch begins there or later,
 * where its two numbers agree, or where it is the end of the partition; else only a person may go on there.
 */
function placeBehind(buffer: Buffer, at: number, end: number, partitionEnd: number, message: string): Pick<Damage, 'error' | 'behind'> {
  const { baseOffset, lastOffset, records } = readRecordBatch(buffer, at);
  const following = end + 8 <= buffer.length ? readInt64(buffer, end) : -1;
  const remedy = `${OTHER_REPLICA}, ${PASS}`;
  const claimed = lastOffset >= baseOffset ? lastOffset + 1 : undefined;
  if (following > baseOffset) {
    return { behind: Math.min(claimed ?? following, following), error: new ConnectError('RECORD_REFUSED', message, { remedy }) };
  }
  if (claimed !== undefined && claimed <= partitionEnd && (claimed === partitionEnd || lastOffset - baseOffset + 1 === records)) {
    return { behind: claimed, error: new ConnectError('RECORD_REFUSED', message, { remedy }) };
  }
  const doubt = `${message}; where it ends is not sure either, its header says at offset ${lastOffset}`;
  const behind = Math.max(baseOffset + 1, Math.min(claimed ?? baseOffset + records, partitionEnd));
  return { behind, error: new ConnectError('WRONG_KIND', doubt, { remedy: OTHER_REPLICA }) };
}

/** A message, or several compressed ones, whose offset is then that of the last. */
function oldFormat(bytes: Buffer, magic: number, offset: number, next: number): Damage {
  const compressed = ((bytes[OLD_ATTRIBUTES_AT] as number) & 0b111) !== 0;
  const error = new ConnectError('RECORD_REFUSED', `it has Kafka's message format v${magic}, which is older than Kafka 0.11`, {
    remedy: `copy the topic once with a current producer into one whose message.format.version is 0.11 or newer, and name that one in source.topics, ${PASS}`,
  });
  return { error, bytes, firstOffset: compressed ? next : Math.max(offset, next), behind: offset + 1 };
}

const unframed = (offset: number): Omit<Damage, 'bytes'> => ({
  error: new ConnectError('WRONG_KIND', 'there is no record batch, but other bytes', { remedy: OTHER_REPLICA }),
  firstOffset: offset,
  behind: undefined,
});
