const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 5_000;

/** Doubles from one attempt to the next, from 0 on; half of it is chance, so that lanes don't all come back at once. In ms. */
export const pauseBefore = (attempt: number): number =>
  Math.min(FIRST_PAUSE_MS * 2 ** attempt, LONGEST_PAUSE_MS) * (0.5 + Math.random() / 2);
