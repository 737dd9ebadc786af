export interface PartitionOffset {
  readonly partition: string;
  readonly task: number;
  /** Absent where the partition was never read. */
  readonly position?: string;
  /** How many records are behind the position, at most. Absent where nobody asked for it or nobody knows. */
  readonly lag?: number;
}

/** The partitions of the plan in force, by name. */
export interface OffsetsResult {
  readonly connector: string;
  readonly offsets: readonly PartitionOffset[];
  /** Why the lag of no partition is known. */
  readonly lagUnknown?: string;
}

export interface AlteredOffset {
  readonly partition: string;
  /** Absent where the partition was never read. A run that was under way may have been further. */
  readonly before?: string;
  /** Absent where the partition starts over. */
  readonly after?: string;
}

export interface AlterOffsetsResult {
  readonly connector: string;
  /** The plan that has the new positions. Absent where nothing differed. */
  readonly generation?: number;
  readonly altered: readonly AlteredOffset[];
}
