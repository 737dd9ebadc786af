import type { LetterCursor, LetterFailure, LetterWorkPage } from '../../runtime/planner-api.ts';
import { renderLetterFailure, renderLetters } from '../render/letters.ts';
import { number } from '../render/numbers.ts';
import { withTarget } from '../target/target.ts';
import { confirmed, mustBeAbleToAsk } from '../terminal/confirm.ts';
import { EXIT } from '../terminal/exit-code.ts';
import { ask, reportFailure } from '../terminal/failures.ts';
import { onInterrupt } from '../terminal/interrupt.ts';
import { choiceOf, chosenLetters } from './chosen-letters.ts';
import type { CommandRun } from './command-run.ts';

const WORDS = {
  redrive: {
    done: 'redriven',
    question: (letters: string) => `Redrive ${letters}? They may overwrite newer records of the same keys. [y/N] `,
  },
  drop: {
    done: 'dropped',
    question: (letters: string) => `Mark ${letters} as dropped? They stay in the topic until RocketMQ removes them. [y/N] `,
  },
} as const;

/** Makes the command `dlq redrive` or `dlq drop`. */
export const workOnLetters =
  (action: 'redrive' | 'drop'): CommandRun =>
  async ([connector = ''], flags, output) => {
    const choice = choiceOf(flags);
    const { done, question } = WORDS[action];
    const isDry = flags.dryRun === true;
    const asks = !isDry && flags.yes !== true;
    if (asks) mustBeAbleToAsk(`dlq ${action}`, false);
    return withTarget(flags, output, async ({ planner }) => {
      const { open, settled, letters, cursor: from } = await chosenLetters(planner, connector, choice, action === 'redrive', output);
      const sum = { connector, [done]: 0, settled, failures: [] as LetterFailure[] };
      if (settled > 0) output.note(`${number(settled)} of them were redriven or dropped before`);
      if (open === 0) {
        output.note(`${connector} has no dead letters there that are open`);
        if (flags.json) output.json({ ...sum, ...(isDry && { open, letters }) });
        return EXIT.ok;
      }
      const what = `${number(open)} dead letter${open === 1 ? '' : 's'} of ${connector}`;
      if (isDry) {
        if (flags.json) output.json({ ...sum, open, letters });
        else output.result(`${renderLetters(letters)}\n\n${what} would be ${done}`);
        return EXIT.ok;
      }
      if (asks && !(await confirmed(question(what), `nothing was ${done}`))) {
        output.note(`nothing was ${done}`);
        if (flags.json) output.json(sum);
        return EXIT.failure;
      }
      const { signal, done: over } = onInterrupt(
        output,
        'stopping after the dead letters that are on their way; press Ctrl-C again to end at once',
      );
      let cursor: LetterCursor | undefined = from;
      let count = 0;
      let change: string | undefined;
      try {
        while (cursor !== undefined && !signal.aborted) {
          const page: LetterWorkPage = await ask<LetterWorkPage>(planner, {
            action,
            connector,
            ...choice,
            cursor,
            ...(change && { change }),
          });
          change = page.change;
          count += page.done;
          sum.failures.push(...page.failures);
          if (!flags.json) for (const failure of page.failures) output.problem(renderLetterFailure(failure));
          cursor = page.cursor;
          if (cursor !== undefined) output.progress(`${connector}: ${number(count)} of ${number(open)} ${done}`);
        }
      } catch (error) {
        return reportFailure(error, output, { connector });
      } finally {
        over();
        if (flags.json) output.json({ ...sum, [done]: count });
        else output.result(`${connector}: ${totals(count, done, sum.failures)}`);
      }
      if (cursor !== undefined) {
        output.failed({ code: 'INTERRUPTED', message: `the rest was not ${done}`, retriable: true, connector });
        return EXIT.interrupted;
      }
      return sum.failures.length > 0 ? EXIT.failure : EXIT.ok;
    });
  };

function totals(count: number, done: string, failures: readonly LetterFailure[]): string {
  const again = failures.filter(({ code }) => code === 'RECORD_REFUSED').length;
  const others = failures.length - again;
  return [
    `${number(count)} ${done}`,
    ...(again > 0 ? [`${number(again)} refused again`] : []),
    ...(others > 0 ? [`${number(others)} can't be ${done}`] : []),
  ].join(', ');
}
