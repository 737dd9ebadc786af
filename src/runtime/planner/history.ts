import { ConnectError } from '../../api/index.ts';
import type { Change, ConnectorItem, SpecOfPlan } from '../../store/store.ts';
import type { ConfigResult, HistoryResult, PlannerRequest, PlanResult } from '../planner-api.ts';
import { applyPlan } from './apply-plan.ts';
import type { ChangeDeps } from './change-record.ts';
import { draftPlan, planResult } from './make-plan.ts';
import type { PlannerDeps } from './planner-deps.ts';
import { changedMeanwhile, revisionOf } from './revision.ts';
import { fileOf, findConnector, isConnectorName, mustExist } from './status.ts';

/** A function can answer no more at once. */
const MAX_CHANGES = 1_000;
const DEFAULT_CHANGES = 20;
const SHOWN = 10;

/** Lists who changed the connector, the newest change first, also where it was deleted. Throws NOT_FOUND where there never was one. */
export async function historyOf(name: string, limit: number | undefined, deps: PlannerDeps): Promise<HistoryResult> {
  const wanted = limit ?? DEFAULT_CHANGES;
  if (!Number.isInteger(wanted) || wanted < 1 || wanted > MAX_CHANGES) {
    throw new ConnectError('CONFIG_INVALID', `limit: ${limit} is no number of changes`, { remedy: `use 1 to ${MAX_CHANGES}` });
  }
  const changes = isConnectorName(name) ? await deps.store.listChanges(name, wanted) : [];
  // A connector that was made before there was a history has none.
  const { generation } = changes.length === 0 ? await mustExist(name, deps) : ((await deps.store.getConnector(name)) ?? { generation: 0 });
  return { connector: name, changes: changes.map((change) => shown(change, generation)) };
}

/** A planner may have died between its plan and its last word about it. */
function shown({ spec, before, given, ...change }: Change, inForce: number): HistoryResult['changes'][number] {
  const isMade = change.state === 'begun' && change.action !== 'delete' && spec !== undefined && change.generation === inForce;
  return isMade ? { ...change, state: 'done', inForce: true } : change;
}

/** Returns the connector file of a generation: that of the plan in force, or of an earlier one. Throws NOT_FOUND where it is gone. */
export async function configOf(name: string, generation: number | undefined, deps: PlannerDeps): Promise<ConfigResult> {
  const connector = await findConnector(name, deps);
  // Whoever deleted a connector may want its file back.
  if (connector === undefined && generation === undefined) await mustExist(name, deps);
  const wanted = generation ?? connector?.generation ?? 0;
  const { spec } = await specOf(name, connector, wanted, deps);
  return { connector: name, generation: wanted, file: fileOf(spec) };
}

/** Puts the spec of an earlier generation in force, as a new plan. With `dryRun` it says what that would do, and writes nothing. */
export async function rollback(
  { connector: name, generation, dryRun = false, revision }: Extract<PlannerRequest, { action: 'rollback' }>,
  deps: ChangeDeps,
): Promise<PlanResult> {
  const connector = await mustExist(name, deps);
  if (revision !== undefined && revisionOf(connector) !== revision) throw changedMeanwhile(name);
  const { spec, given } = await specOf(name, connector, generation, deps);
  const draft = await draftPlan(spec, deps, { watched: true });
  if (dryRun) return planResult(draft, await deps.store.listTasks(name));
  deps.change.add({ backTo: generation });
  return applyPlan({ ...draft, given }, deps);
}

async function specOf(
  name: string,
  connector: ConnectorItem | undefined,
  generation: number,
  deps: Pick<PlannerDeps, 'store'>,
): Promise<Pick<SpecOfPlan, 'spec' | 'given'>> {
  if (!Number.isInteger(generation) || generation < 0) {
    throw new ConnectError('CONFIG_INVALID', `generation: ${JSON.stringify(generation)} is no number of a plan`, {
      remedy: `see \`rocketmq-connect history ${name}\``,
    });
  }
  if (connector?.generation === generation) return connector;
  const known = specsByGeneration(ofThisLife(isConnectorName(name) ? await deps.store.listChanges(name) : [], connector !== undefined));
  const found = known.get(generation);
  if (found !== undefined) return found;
  if (connector === undefined && known.size === 0) await mustExist(name, deps);
  const all = [...new Set([...known.keys(), ...(connector === undefined ? [] : [connector.generation])])].sort((a, b) => b - a);
  throw new ConnectError('NOT_FOUND', `connector ${name} has no generation ${generation}, or it is older than a year`, {
    remedy: `use one of ${all.slice(0, SHOWN).join(', ')}${all.length > SHOWN ? ', …' : ''}`,
  });
}

/** Connectors of one name that come one after the other each begin with a first generation. The changes are the newest first. */
function ofThisLife(changes: readonly Change[], exists: boolean): readonly Change[] {
  const deletes = changes.flatMap(({ action, state }, index) => (action === 'delete' && state === 'done' ? [index] : []));
  const end = exists ? deletes[0] : deletes[1];
  return end === undefined ? changes : changes.slice(0, end);
}

/** A plan that never took effect has no generation to go back to. One whose planner died may have. */
function specsByGeneration(changes: readonly Change[]): Map<number, SpecOfPlan> {
  const specs = new Map<number, SpecOfPlan>();
  for (const { spec, given, before, generation, inForce, state } of changes) {
    if (spec !== undefined && (inForce === true || state === 'begun') && !specs.has(generation)) {
      specs.set(generation, { generation, spec, given });
    }
    if (before !== undefined && !specs.has(before.generation)) specs.set(before.generation, before);
  }
  return specs;
}
