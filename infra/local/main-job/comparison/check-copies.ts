import type { ConnectRecord } from '../../../../src/api/index.ts';
import { partitionOf } from '../flights/dataset.ts';
import { type Arrived, type CheckResult, Comparison, type ComparisonOptions } from './comparison.ts';

/** A record in the system that a sink has written. `key` is the data set's key of its row. */
export interface CopiedRecord extends ConnectRecord {
  /** Where it is, for people. */
  readonly where: string;
}

export interface CopiesOptions extends ComparisonOptions {
  /** The name of the data set in the system: its partitions are `name-0`, `name-1`, ... */
  readonly name: string;
  /** What is read side by side. All copies of one partition must come from one of them. */
  readonly reads: ReadonlyArray<AsyncIterable<readonly CopiedRecord[]>>;
}

/** Compares what a sink has written with what should be there. The expected records' ids are the rows of the data set. */
export async function checkCopies({ name, reads, ...options }: CopiesOptions): Promise<CheckResult> {
  const comparison = new Comparison(options);
  try {
    await Promise.all(
      reads.map(async (read) => {
        for await (const records of read) await comparison.take(records.map((record) => arrived(record, name)));
      }),
    );
    return comparison.result();
  } finally {
    await comparison.close();
  }
}

function arrived({ where, ...record }: CopiedRecord, name: string): Arrived {
  const row = rowOf(record.headers.map((header) => [header.name, header.value]));
  const copyOf =
    row === undefined || record.key === null
      ? 'a record without row or key is none of the data set'
      : { partition: `${name}-${partitionOf(record.key)}`, id: row };
  return { where, copyOf, record };
}

/** Returns the number of the row in the data set, which a header of each record has. */
export function rowOf(headers: ReadonlyArray<readonly [name: string, value: Buffer | null]>): number | undefined {
  const [, row] = headers.find(([name]) => name === 'row') ?? [];
  return row === undefined || row === null ? undefined : Number(row.toString());
}
