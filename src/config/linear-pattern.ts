import { RE2JS } from 're2js';

/** Bounds what one match costs: steps are at most this times the length of the text. */
const MAX_PROGRAM = 1_000;

/**
 * A regular expression of RE2's syntax that must match a whole text. It takes time in proportion to the text, whatever it is:
 * `(a+)+` would keep JavaScript's own engine busy for hours. Throws Error with the reason, as `patternProblem` gives it.
 */
export function wholeMatcher(pattern: string): (text: string) => boolean {
  const compiled = RE2JS.compile(pattern);
  if (compiled.programSize() > MAX_PROGRAM) throw new Error(`too large: it repeats more than about ${MAX_PROGRAM} things`);
  return (text) => compiled.matches(text);
}

/** Why a pattern is none, in a few words; undefined when it is one. References (`${env:NAME}`) must be resolved. */
export function patternProblem(pattern: string): string | undefined {
  try {
    wholeMatcher(pattern);
    return undefined;
  } catch (error) {
    const reason = (error as Error).message.replace(/^error parsing regexp: /, '');
    return /\(\?(<?[=!])|\\\d/.test(reason) ? `${reason} (there is no look-around and no back-reference)` : reason;
  }
}
