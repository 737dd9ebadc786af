import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from '@jest/globals';

const MODULE = path.resolve(import.meta.dirname, '../../../functions/small-young-generation.ts');
/**
 * Allocates what lives for a while, and prints the size in MB that the young generation has most of the time. Its largest size says
 * little: V8 lets even one that may not grow pass its size for some milliseconds, until a collection that is under way has ended.
 */
const PROGRAM = `
  import v8 from 'node:v8';
  let kept = [];
  const sizes = [];
  for (let n = 0; n < 600_000; n += 1) {
    kept.push({ n, own: [n] });
    if (kept.length > 20_000) kept = [];
    if (n % 5_000 === 0) sizes.push(v8.getHeapSpaceStatistics().find((space) => space.space_name === 'new_space').space_size);
  }
  sizes.sort((a, b) => a - b);
  console.log(sizes[sizes.length >> 1] / 1e6);
`;

/** As Lambda starts Node for a function of 1,024 MB. */
const usualYoungGeneration = async (...imports: readonly string[]): Promise<number> => {
  const flags = ['--max-semi-space-size=51', ...imports.flatMap((file) => ['--import', file]), '--input-type=module', '--eval', PROGRAM];
  return Number((await promisify(execFile)(process.execPath, flags)).stdout);
};

it('keeps the young generation of a function small, whatever Lambda says on the command line', async () => {
  expect(await usualYoungGeneration()).toBeGreaterThan(8);
  expect(await usualYoungGeneration(MODULE)).toBeLessThan(4);
}, 120_000);
