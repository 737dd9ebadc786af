import { planOrApply } from '../shared/plan-or-apply.ts';

export const run = planOrApply('apply');
