import { workOnLetters } from '../../shared/work-on-letters.ts';

export const run = workOnLetters('redrive');
