const ANY = '*';

/**
 * Whether a name is one that a list of patterns means: `*` stands for any characters, also none, and everything else for itself.
 * The time is bounded by the lengths of name and pattern multiplied, however many `*` there are.
 */
export function anyGlob(patterns: readonly string[]): (name: string) => boolean {
  return (name) => patterns.some((pattern) => matches(pattern, name));
}

/** Goes back to the last `*` only: what an earlier one could still take, the last one can take as well. */
function matches(pattern: string, name: string): boolean {
  let at = 0;
  let next = 0;
  let star = -1;
  let taken = 0;
  while (at < name.length) {
    if (pattern[next] === ANY) {
      star = next;
      taken = at;
      next += 1;
    } else if (pattern[next] === name[at]) {
      at += 1;
      next += 1;
    } else if (star >= 0) {
      taken += 1;
      at = taken;
      next = star + 1;
    } else {
      return false;
    }
  }
  while (pattern[next] === ANY) next += 1;
  return next === pattern.length;
}
