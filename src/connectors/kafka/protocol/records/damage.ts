import { ConnectError } from '../../../../api/index.ts';
import { readInt64, readRecordBatch } from './record-batch.ts';

const OLD_ATTRIBUTES_AT = 17;

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

/**
 * The header of a damaged batch may lie about where the batch ends. What it says counts where the next batch begins there or later,
 * where its two numbers agree, or where it is the end of the partition; else only a person may go on there.
 */
export function placeBehind(
  buffer: Buffer,
  at: number,
  end: number,
  partitionEnd: number,
  message: string,
): Pick<Damage, 'error' | 'behind'> {
  const { baseOffset, lastOffset, records } = readRecordBatch(buffer, at);
  const following = end + 8 <= buffer.length ? readInt64(buffer, end) : -1;
  const remedy = `${OTHER_REPLICA}, ${PASS}`;
  if (following > baseOffset) {
    // A batch has no more records than offsets: where the two numbers disagree, the larger one is not below its end.
    const reach = Math.max(lastOffset + 1, baseOffset + records);
    const behind = reach > baseOffset ? Math.min(reach, following) : following;
    return { behind, error: new ConnectError('RECORD_REFUSED', message, { remedy }) };
  }
  const claimed = lastOffset >= baseOffset ? lastOffset + 1 : undefined;
  if (claimed !== undefined && claimed <= partitionEnd && (claimed === partitionEnd || lastOffset - baseOffset + 1 === records)) {
    return { behind: claimed, error: new ConnectError('RECORD_REFUSED', message, { remedy }) };
  }
  const doubt = `${message}; where it ends is not sure either, its header says at offset ${lastOffset}`;
  const behind = Math.max(baseOffset + 1, Math.min(claimed ?? baseOffset + records, partitionEnd));
  return { behind, error: new ConnectError('WRONG_KIND', doubt, { remedy: OTHER_REPLICA }) };
}

/**
 * A batch at `at` whose bytes are what was written, up to `end`, but not its first offset, which no checksum covers: it belongs at offset
 * `due`. Only a person may go on behind it where the next batch does not tell where that is.
 */
export function misplaced(buffer: Buffer, at: number, end: number, due: number, partitionEnd: number): Damage {
  const { baseOffset, lastOffset } = readRecordBatch(buffer, at);
  const bytes = buffer.subarray(at, end);
  const following = end + 8 <= buffer.length ? readInt64(buffer, end) : undefined;
  const message = `its header says that it begins at offset ${baseOffset}, where it can't be: it was damaged after it was written`;
  if (following !== undefined && following > due && following <= partitionEnd) {
    const error = new ConnectError('RECORD_REFUSED', message, { remedy: `${OTHER_REPLICA}, ${PASS}` });
    return { error, bytes, firstOffset: due, behind: following };
  }
  const behind = due + Math.max(1, lastOffset - baseOffset + 1);
  if (following !== undefined || behind > partitionEnd) return { ...unframed(due), bytes };
  return { error: new ConnectError('WRONG_KIND', message, { remedy: OTHER_REPLICA }), bytes, firstOffset: due, behind };
}

/** A message, or several compressed ones, whose offset is then that of the last. */
export function oldFormat(bytes: Buffer, magic: number, offset: number, next: number): Damage {
  const compressed = ((bytes[OLD_ATTRIBUTES_AT] as number) & 0b111) !== 0;
  const error = new ConnectError('RECORD_REFUSED', `it has Kafka's message format v${magic}, which is older than Kafka 0.11`, {
    remedy: `copy the topic once with a current producer into one whose message.format.version is 0.11 or newer, and name that one in source.topics, ${PASS}`,
  });
  return { error, bytes, firstOffset: compressed ? next : Math.max(offset, next), behind: offset + 1 };
}

export const unframed = (offset: number): Omit<Damage, 'bytes'> => ({
  error: new ConnectError('WRONG_KIND', 'there is no record batch, but other bytes', { remedy: OTHER_REPLICA }),
  firstOffset: offset,
  behind: undefined,
});
