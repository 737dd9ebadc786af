import { ConnectError } from '../../api/index.ts';
import { fingerprint } from '../../kit/index.ts';
import type { DesiredState } from '../../store/store.ts';
import type { PlannerRequest, PlanResult } from '../planner-api.ts';
import { applyPlan } from './apply-plan.ts';
import type { ChangeDeps } from './change-record.ts';
import { draftPlan } from './make-plan.ts';
import { changedMeanwhile, revisionOf } from './revision.ts';

const STATES: readonly unknown[] = ['RUNNING', 'PAUSED', 'STOPPED'] satisfies DesiredState[];

/** Puts a connector file in force, with the text that it was made from. */
export async function applyFile(
  { file, given: config, initialState, create = false, revision }: Extract<PlannerRequest, { action: 'apply' }>,
  deps: ChangeDeps,
): Promise<PlanResult> {
  if (initialState !== undefined && !STATES.includes(initialState)) {
    throw new ConnectError('CONFIG_INVALID', `initialState: ${JSON.stringify(initialState)} is no state`, {
      remedy: `use one of ${STATES.join(', ')}`,
    });
  }
  const draft = await draftPlan(await deps.parseConnectorFile(file), deps, { watched: true });
  const { connector, spec } = draft;
  if (create && (connector?.generation ?? 0) > 0) {
    throw new ConnectError('WRONG_STATE', `connector ${spec.name} exists`, { remedy: 'choose another name, or change it instead' });
  }
  if (revision !== undefined && (connector === undefined || revisionOf(connector) !== revision)) throw changedMeanwhile(spec.name);
  const given = config && { config, madeInto: fingerprint(spec) };
  const result = await applyPlan({ ...draft, initialState, given }, deps);
  // Where nothing but the text changes there is no new plan, which would have kept it.
  const isKept = given === undefined || result.generation !== connector?.generation || (await deps.store.keepGiven(connector, given));
  if (!isKept) throw changedMeanwhile(spec.name);
  return result;
}
