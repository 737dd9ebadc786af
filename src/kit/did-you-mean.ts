import { closest, distance } from 'fastest-levenshtein';

/** The best name to offer for one that isn't known; undefined where none is near. */
export function didYouMean(word: string, known: readonly string[]): string | undefined {
  if (known.length === 0) return undefined;
  const folded = new Map(known.map((name) => [name.toLowerCase(), name]));
  const best = closest(word.toLowerCase(), [...folded.keys()]);
  return distance(word.toLowerCase(), best) <= Math.max(2, Math.ceil(word.length * 0.4)) ? folded.get(best) : undefined;
}
