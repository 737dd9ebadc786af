import { number } from '../../../../src/cli/render/numbers.ts';
import type { ExpectedTable } from './check-table.ts';
import { Cursor } from './cursor.ts';
import type { CheckRun, Verdict } from './source.ts';

const PROBLEMS_SHOWN = 5;

/** Compares two tables row by row. Both yield their rows by id. */
export async function checkSameRows(
  table: ExpectedTable,
  copy: ExpectedTable,
  { onProgress }: Pick<CheckRun, 'onProgress'>,
): Promise<Verdict> {
  const problems: string[] = [];
  const copies = new Cursor(copy.rows());
  /** Passes rows that the table does not have, up to this id. Returns the next one. */
  const passExtra = async (id: number) => {
    let other = await copies.peek();
    for (; other !== undefined && other[0] < id; other = await copies.peek()) {
      problems.push(`row ${other[0]} of the copy is not in the table`);
      copies.pass();
    }
    return other;
  };
  let rows = 0;
  let same = 0;
  try {
    for await (const chunk of table.rows()) {
      for (const [id, json] of chunk) {
        rows += 1;
        const other = await passExtra(id);
        if (other?.[0] !== id) {
          problems.push(`row ${id} is not in the copy`);
          continue;
        }
        if (other[1] === json) same += 1;
        else problems.push(`row ${id} is ${json} in the table and ${other[1]} in the copy`);
        copies.pass();
      }
      onProgress(rows);
    }
    await passExtra(Number.POSITIVE_INFINITY);
  } finally {
    await copies.close();
  }
  const counts = `${number(same)} of ${number(rows)} rows are the same in the table and its copy, value by value`;
  if (problems.length === 0) return { holds: true, text: `Check passed: ${counts}, and the copy has no other row.` };
  const shown = problems.slice(0, PROBLEMS_SHOWN).map((problem) => `\n  ${problem}`);
  return { holds: false, text: `Check FAILED: ${counts}; ${number(problems.length)} differences.${shown.join('')}` };
}
