import { ConnectError } from '../../api/index.ts';
import { fingerprint } from '../../kit/index.ts';
import type { DesiredState } from '../../store/store.ts';
import type { PlannerRequest, PlanResult } from '../planner-api.ts';
import { applyPlan } from './apply-plan.ts';
import type { ChangeDeps } from './change-record.ts';
import { draftPlan } from './make-plan.ts';

const STATES: readonly unknown[] = ['RUNNING', 'PAUSED', 'STOPPED'] satisfies DesiredState[];

/** Puts a connector file in force. A planner that dies before the last write leaves only the text behind that the file was made from. */
export async function applyFile(
  { file, given, initialState, create = false }: Extract<PlannerRequest, { action: 'apply' }>,
  deps: ChangeDeps,
): Promise<PlanResult> {
  if (initialState !== undefined && !STATES.includes(initialState)) {
    throw new ConnectError('CONFIG_INVALID', `initialState: ${JSON.stringify(initialState)} is no state`, {
      remedy: `use one of ${STATES.join(', ')}`,
    });
  }
  const draft = await draftPlan(await deps.parseConnectorFile(file), deps, { watched: true });
  const { name } = draft.spec;
  if (create && (draft.connector?.generation ?? 0) > 0) {
    throw new ConnectError('WRONG_STATE', `connector ${name} exists`, { remedy: 'choose another name, or change it instead' });
  }
  const result = await applyPlan({ ...draft, initialState }, deps);
  if (given !== undefined) await deps.store.keepGiven(name, { config: given, madeInto: fingerprint(draft.spec) });
  return result;
}
