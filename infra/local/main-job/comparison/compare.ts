import { number } from '../../../../src/cli/render/numbers.ts';
import { type CheckResult, check } from './check.ts';
import type { ExpectedPartition, Loaded } from './source.ts';

export interface LoadedPartitions {
  readonly added: number;
  readonly partitions: readonly ExpectedPartition[];
}

/**
 * Compares loaded records that must each arrive as they are. `addedHeaders` are those that the connector adds; the check leaves them out.
 */
export function comparing({ added, partitions }: LoadedPartitions, rows: number, addedHeaders?: RegExp): Loaded {
  return {
    added,
    async check({ topic, ...run }) {
      const result = await check({ partitions, ...(addedHeaders && { addedHeaders }), rocketmqTopic: topic, ...run });
      return { holds: result.problems.length === 0, text: textOf(result, rows) };
    },
  };
}

function textOf({ matched, repeats, problems }: CheckResult, rows: number): string {
  const counts = `${number(matched)} of ${number(rows)} records`;
  const again = `${number(repeats)} repeats`;
  if (problems.length === 0)
    return `Check passed: ${counts} arrived in order per partition, with key, value, headers and timestamp byte for byte; ${again}.`;
  return [`Check FAILED: ${counts} arrived as they should; ${again}.`, ...problems.map((problem) => `  ${problem}`)].join('\n');
}
