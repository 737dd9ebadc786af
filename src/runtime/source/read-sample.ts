import { type Lag, placeOf, type SourceRecord, type SourceTask } from '../../api/index.ts';
import type { ErrorsSpec } from '../../config/connector-spec.ts';
import { mayBeDeadLetter } from './refused-records.ts';

/** One poll brings no more than this, whatever the limit of records. */
const MAX_POLL_BYTES = 4 * 1024 * 1024;
const MAX_BYTES = 64 * 1024 * 1024;

/** What becomes of a record that the source refused: its partition ends before it, or goes on behind it. */
export type Fate = 'stops' | 'dead letter' | 'passed over';

export interface SampledRecord {
  readonly record: SourceRecord;
  /** Absent where the source did not refuse the record. */
  readonly fate?: Fate;
}

export interface TaskSample {
  readonly records: readonly SampledRecord[];
  /** Why there are no more records: all that was there is read, there are enough, the time was over, or no partition is left. */
  readonly end: 'caught-up' | 'enough' | 'time' | 'stopped';
  /** What a person should know about the sample, a sentence each. */
  readonly notices: readonly string[];
}

export interface SampleOptions {
  /** All partitions of the task. */
  readonly partitions: readonly string[];
  /** Places that the next run passes over. */
  readonly skips: ReadonlySet<string>;
  readonly errors: ErrorsSpec;
  readonly limit: number;
  readonly signal: AbortSignal;
}

/**
 * Starts the source and keeps the first records, as a run would send them. The caller stops the source. Throws what the source throws,
 * unless the signal is aborted.
 */
export async function readSample(task: SourceTask, options: SampleOptions): Promise<TaskSample> {
  const { limit, signal, partitions } = options;
  const records: SampledRecord[] = [];
  const notices = new Set<string>();
  const stopped = new Set<string>();
  let bytes = 0;
  const sampled = (end: TaskSample['end']): TaskSample => ({ records, end, notices: [...notices] });
  try {
    await task.start();
    while (records.length < limit && bytes < MAX_BYTES) {
      if (signal.aborted) return sampled('time');
      const result = await task.poll({ maxRecords: limit - records.length, maxBytes: MAX_POLL_BYTES });
      for (const record of result.records) {
        if (stopped.has(record.partition) || records.length === limit) continue;
        const fate = fateOf(record, options);
        records.push({ record, ...(fate !== undefined && { fate }) });
        bytes += record.value?.length ?? 0;
        if (fate !== 'stops') continue;
        stopped.add(record.partition);
        task.leave?.(record.partition);
      }
      for (const notice of result.notices ?? []) notices.add(notice);
      for (const [partition, reason] of result.stopped ?? []) {
        stopped.add(partition);
        notices.add(`partition ${partition} can not be read on: ${reason.line}`);
      }
      if (records.length === limit) break;
      if (partitions.every((partition) => stopped.has(partition))) return sampled('stopped');
      if (!result.caughtUp) continue;
      for (const words of wordsOf((await task.lag?.().catch(() => undefined)) ?? {})) notices.add(words);
      return sampled('caught-up');
    }
    return sampled('enough');
  } catch (error) {
    if (signal.aborted) return sampled('time');
    throw error;
  }
}

const wordsOf = ({ waitsFor, unknown }: Lag): string[] => [waitsFor === undefined ? [] : `it waits for ${waitsFor}`, unknown ?? []].flat();

function fateOf(record: SourceRecord, { skips, errors }: SampleOptions): Fate | undefined {
  const { refused } = record;
  if (refused === undefined) return undefined;
  if (skips.has(placeOf(record))) return 'passed over';
  return mayBeDeadLetter(refused, errors) ? 'dead letter' : 'stops';
}
