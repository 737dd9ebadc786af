import { number } from '../../../../src/cli/render/numbers.ts';
import { check } from './check.ts';
import { type CopiedRecord, checkCopies } from './check-copies.ts';
import type { CheckResult } from './comparison.ts';
import type { ExpectedPartition, Loaded, WayBack } from './source.ts';

export interface LoadedPartitions {
  readonly added: number;
  readonly partitions: readonly ExpectedPartition[];
}

/** What a sink has written back into the system. */
export interface Copies extends Pick<WayBack, 'prepare'> {
  /** The name of the data set. */
  readonly name: string;
  /** The name of the system. */
  readonly title: string;
  /** A text for people, such as `topic flights-copy`. */
  readonly place: string;
  /** As the sink should have written them. Their ids are the rows of the data set. */
  readonly partitions: readonly ExpectedPartition[];
  readonly addedHeaders?: RegExp;
  reads(): Promise<ReadonlyArray<AsyncIterable<readonly CopiedRecord[]>>>;
  /** How many records a comparison has taken out of the place before, where it takes them. Absent: comparing leaves them there. */
  takenBefore?(): Promise<number>;
}

export interface Comparing {
  readonly rows: number;
  /** The headers that the connector adds. The check leaves them out. */
  readonly addedHeaders?: RegExp;
  /** Absent if there is no sink to the system. */
  readonly copies?: Copies;
}

/** Compares loaded records that must each arrive as they are. */
export function comparing({ added, partitions }: LoadedPartitions, { rows, addedHeaders, copies }: Comparing): Loaded {
  return {
    added,
    ...(copies && {
      back: {
        title: copies.place,
        prepare: copies.prepare,
        async check({ onProgress }) {
          const takenBefore = (await copies.takenBefore?.()) ?? 0;
          const result = await checkCopies({ ...copies, reads: await copies.reads(), takenBefore, onProgress });
          return { holds: result.problems.length === 0, text: textOfCopies(result, rows, takenBefore, copies) };
        },
      },
    }),
    async check({ topic, ...run }) {
      const result = await check({ partitions, ...(addedHeaders && { addedHeaders }), rocketmqTopic: topic, ...run });
      return { holds: result.problems.length === 0, text: textOf(result, rows) };
    },
  };
}

/** Claims nothing about records that are no longer there. */
function textOfCopies(result: CheckResult, rows: number, takenBefore: number, { place, takenBefore: takes }: Copies): string {
  const { matched, repeats, problems } = result;
  if (takes === undefined) return textOf(result, rows);
  const gone = `${number(takenBefore)} were taken out of ${place} by earlier comparisons, and this run did not see them`;
  if (problems.length === 0 && takenBefore > 0)
    return matched + repeats === 0
      ? `There is nothing to compare in ${place}: of ${number(rows)} records, ${gone}.`
      : `Check passed for what was in ${place}: ${number(matched)} of ${number(rows)} records, in order per partition; ${gone}.`;
  const text = textOf(result, rows);
  return takenBefore > 0 ? `${text}\n  ${gone}` : `${text}\nThis comparison took them out of ${place}.`;
}

function textOf({ matched, repeats, problems }: CheckResult, rows: number): string {
  const counts = `${number(matched)} of ${number(rows)} records`;
  const again = `${number(repeats)} repeats`;
  if (problems.length === 0)
    return `Check passed: ${counts} arrived in order per partition, with key, value, headers and timestamp byte for byte; ${again}.`;
  return [`Check FAILED: ${counts} arrived as they should; ${again}.`, ...problems.map((problem) => `  ${problem}`)].join('\n');
}
