import type { OptionChange } from '../../runtime/planner-api.ts';

const SHOWN = 120;

/** Returns a line for each option: `  source.startAt: earliest -> latest (has no effect any more: ...)`. */
export const renderOptionChanges = (changes: readonly OptionChange[]): string[] =>
  changes.map(({ option, before, after, effect }) => {
    const why = effect === undefined ? '' : ` (${effect})`;
    return `  ${option}: ${text(before)} -> ${text(after)}${why}`;
  });

function text(value: unknown): string {
  if (value === undefined) return '(not set)';
  const whole = typeof value === 'string' ? value : JSON.stringify(value);
  return whole.length <= SHOWN ? whole : `${whole.slice(0, SHOWN)}...`;
}
