import { changeState } from '../shared/change-state.ts';

export const run = changeState('stop');
