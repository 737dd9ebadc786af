import type { DeadLetter, DeadLettersPage, DeadLettersRequest, Planner } from '../../runtime/planner-api.ts';
import { number } from '../render/numbers.ts';
import { ask } from '../terminal/failures.ts';
import type { Output } from '../terminal/output.ts';

/** What a look through a dead-letter topic found. */
export interface LookedThrough {
  readonly topic: string;
  readonly looked: number;
  readonly others: number;
  readonly unnamed: number;
  readonly missing: number;
  readonly gone: number;
}

/**
 * Looks through the dead-letter topic of a connector, from its beginning to its end as it was at the first answer, and gives each page of
 * dead letters to `onLetters`. Shows the progress.
 */
export async function lookThroughLetters(
  planner: Planner,
  request: Omit<DeadLettersRequest, 'action' | 'cursor'>,
  output: Output,
  onLetters: (letters: readonly DeadLetter[]) => void,
): Promise<LookedThrough> {
  let found = 0;
  let page: DeadLettersPage | undefined;
  let sum = { looked: 0, others: 0, unnamed: 0, missing: 0, gone: 0 };
  do {
    page = await ask<DeadLettersPage>(planner, { action: 'dead-letters', ...request, ...(page?.cursor && { cursor: page.cursor }) });
    onLetters(page.letters);
    found += page.letters.length;
    const { looked, others, unnamed, missing, gone } = page;
    sum = {
      looked: sum.looked + looked,
      others: sum.others + others,
      unnamed: sum.unnamed + unnamed,
      missing: sum.missing + missing,
      gone: sum.gone + gone,
    };
    const all = number(sum.looked + page.left);
    if (page.left > 0)
      output.progress(`looked at ${number(sum.looked)} of ${all} messages of topic ${page.topic}; ${number(found)} dead letters`);
  } while (page.cursor !== undefined);
  return { topic: page.topic, ...sum };
}

/** Sentences that people should know of what was looked at. */
export function notesOf(connector: string, { topic, looked, others, unnamed, missing, gone }: LookedThrough): string[] {
  const rest = [
    ...(others > 0 ? [`${number(others)} are dead letters of other connectors`] : []),
    ...(unnamed > 0 ? [`${number(unnamed)} name no connector`] : []),
  ];
  const purged = gone + missing;
  return [
    `looked at ${number(looked)} message${looked === 1 ? '' : 's'} of topic ${topic}${rest.length === 0 ? '' : `: ${rest.join(', ')}`}`,
    ...(purged > 0
      ? [
          `RocketMQ's retention has removed ${number(purged)} older messages of the topic; dead letters of ${connector} may have been among them`,
        ]
      : []),
  ];
}
