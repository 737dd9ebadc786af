import type { DeadLetter } from '../../../runtime/planner-api.ts';
import { renderLetters } from '../../render/letters.ts';
import { number } from '../../render/numbers.ts';
import type { CommandRun } from '../../shared/command-run.ts';
import { lookThroughLetters, notesOf } from '../../shared/look-through-letters.ts';
import { withTarget } from '../../target/target.ts';
import { EXIT } from '../../terminal/exit-code.ts';

export const run: CommandRun = ([connector = ''], flags, output) =>
  withTarget(flags, output, async ({ planner }) => {
    const { topic, since, until, code } = flags as { topic?: string; since?: number; until?: number; code?: readonly string[] };
    const limit = flags.limit as number;
    const codes = new Map<string, number>();
    let matching = 0;
    let newest: DeadLetter[] = [];
    const take = (letters: readonly DeadLetter[]) => {
      for (const letter of letters) {
        codes.set(letter.code, (codes.get(letter.code) ?? 0) + 1);
        if (code !== undefined && !code.includes(letter.code)) continue;
        matching += 1;
        newest.push(letter);
      }
      newest = newest.sort(byTime).slice(-limit);
    };
    const wanted = { connector, ...(topic && { topic }), ...(since !== undefined && { since }), ...(until !== undefined && { until }) };
    const looked = await lookThroughLetters(planner, wanted, output, take);
    const byCode = Object.fromEntries([...codes].sort(([a], [b]) => (a < b ? -1 : 1)));
    if (flags.json) output.json({ connector, ...looked, codes: byCode, matching, letters: newest });
    else {
      for (const note of notesOf(connector, looked)) output.note(note);
      if (matching === 0) output.note(`${connector} has no dead letters there`);
      else {
        output.result(renderLetters(newest));
        output.result(
          `\n${Object.entries(byCode)
            .map(([name, count]) => `${name} ${number(count)}`)
            .join(', ')}`,
        );
        if (matching > newest.length)
          output.note(`the newest ${number(newest.length)} of ${number(matching)} are shown; --limit shows more`);
      }
    }
    return EXIT.ok;
  });

const byTime = (a: DeadLetter, b: DeadLetter): number => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0);
