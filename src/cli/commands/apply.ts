import { planOrApply } from '../plan-or-apply.ts';

export const run = planOrApply('apply');
