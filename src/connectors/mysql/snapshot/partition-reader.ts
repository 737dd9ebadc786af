import type { PollLimit, SourceRecord } from '../../../api/index.ts';

/** What a partition of the snapshot hands out. `ended`: nothing comes after these. */
export interface Part {
  readonly records: readonly SourceRecord[];
  readonly ended: boolean;
}

/** Reads one partition of a snapshot. */
export interface PartitionReader {
  readonly partition: string;
  /** The next records, none only at the end. */
  read(limit: PollLimit): Promise<Part>;
  close(): void;
}
