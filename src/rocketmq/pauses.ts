import { backOff } from '../kit/index.ts';

const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 5_000;

/**
 * Returns the pause before attempt `attempt`, from 0 on, in ms. It doubles each time. Half of it is chance: lanes must not all return at
 * once.
 */
export const pauseBefore = (attempt: number): number => backOff(attempt, FIRST_PAUSE_MS, LONGEST_PAUSE_MS) * (0.5 + Math.random() / 2);
