import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from '@jest/globals';

const MODULE = path.resolve(import.meta.dirname, '../../../functions/small-young-generation.ts');
/** Allocates what lives for a while, and prints the largest size of the young generation in MB. */
const PROGRAM = `
  import v8 from 'node:v8';
  let kept = [];
  let largest = 0;
  for (let n = 0; n < 600_000; n += 1) {
    kept.push({ n, own: [n] });
    if (kept.length > 20_000) kept = [];
    if (n % 5_000 === 0) largest = Math.max(largest, v8.getHeapSpaceStatistics().find((space) => space.space_name === 'new_space').space_size);
  }
  console.log(largest / 1e6);
`;

const RUNS = 5;

/**
 * As Lambda starts Node for a function of 1,024 MB. The least of some runs: pages that the collector has not given back yet count, too,
 * and in one run of fifty they are as many as a generation that grows has in each.
 */
const largestYoungGeneration = async (...imports: readonly string[]): Promise<number> => {
  const sizes: number[] = [];
  for (let run = 0; run < RUNS; run += 1) sizes.push(await largestOfRun(...imports));
  return Math.min(...sizes);
};

const largestOfRun = async (...imports: readonly string[]): Promise<number> => {
  const flags = ['--max-semi-space-size=51', ...imports.flatMap((file) => ['--import', file]), '--input-type=module', '--eval', PROGRAM];
  return Number((await promisify(execFile)(process.execPath, flags)).stdout);
};

it('keeps the young generation of a function small, whatever Lambda says on the command line', async () => {
  expect(await largestYoungGeneration(MODULE)).toBeLessThan((await largestYoungGeneration()) / 2);
}, 120_000);
