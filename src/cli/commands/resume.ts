import { changeState } from '../change-state.ts';

export const run = changeState('resume');
