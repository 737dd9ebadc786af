import pMap from 'p-map';
import { fingerprint } from '../../kit/index.ts';
import type { ConnectorItem, TaskItem } from '../../store/store.ts';
import type { ConnectorOverview, OverviewResult, TaskOverview } from '../planner-api.ts';
import { inForce } from '../run/in-force.ts';
import { CONCURRENCY } from './concurrency.ts';
import { stateOf } from './connector-state.ts';
import type { PlannerDeps } from './planner-deps.ts';
import { revisionOf } from './revision.ts';
import { fileOf, findConnector, summarize } from './status.ts';

/** Lambda refuses an answer of more than 6 MB. One connector more may follow what is counted, of 1.7 MB at most. */
const PAGE_BYTES = 4_000_000;
/** So many tasks of a connector say what is wrong with them. Of the others the state has to do. */
const TROUBLES = 1_000;

/** Shows one connector, if there is one of that name, or all from `from` on. It costs one query for the connectors and one for the tasks of each. */
export async function overviewOf(
  { connector, from = '' }: { readonly connector?: string; readonly from?: string },
  deps: Pick<PlannerDeps, 'store'>,
): Promise<OverviewResult> {
  if (connector !== undefined) {
    const found = await findConnector(connector, deps);
    return { connectors: found === undefined ? [] : [await overview(found, deps)] };
  }
  const left = (await deps.store.listConnectors()).filter(({ name }) => name >= from).sort((a, b) => (a.name < b.name ? -1 : 1));
  const connectors: ConnectorOverview[] = [];
  let bytes = 0;
  while (left.length > 0) {
    for (const one of await pMap(left.splice(0, CONCURRENCY), (item) => overview(item, deps), { concurrency: CONCURRENCY })) {
      if (bytes > PAGE_BYTES) return { connectors, next: one.name };
      bytes += Buffer.byteLength(JSON.stringify(one));
      connectors.push(one);
    }
  }
  return { connectors };
}

async function overview(connector: ConnectorItem, { store }: Pick<PlannerDeps, 'store'>): Promise<ConnectorOverview> {
  const { spec, given } = connector;
  const items = (await store.listTasks(connector.name)).filter((item) => inForce(item, connector.generation) !== undefined);
  let troubles = 0;
  const tasks = items.map((item): TaskOverview => {
    const state = stateOf(item, connector);
    const trouble = troubles < TROUBLES ? troubleOf(item) : undefined;
    if (trouble !== undefined) troubles += 1;
    return { task: item.task, state, ...(trouble !== undefined && { trouble }) };
  });
  return {
    ...summarize(connector, items),
    direction: spec.direction,
    file: fileOf(spec),
    ...(given !== undefined && given.madeInto === fingerprint(spec) && { given: given.config }),
    revision: revisionOf(connector),
    tasks,
  };
}

function troubleOf({ failure, lastRun }: TaskItem): string | undefined {
  if (failure !== undefined) {
    const { code, message, count, notBefore, fatal } = failure;
    return `${code}: ${message}${fatal ? '' : ` (failure ${count} in a row; next try at ${new Date(notBefore).toISOString()})`}`;
  }
  const [first] = lastRun?.stopped ?? [];
  if (first === undefined) return undefined;
  const { partition, code, message, remedy } = first;
  const others = (lastRun?.stoppedPartitions ?? lastRun?.stopped?.length ?? 1) - 1;
  const more = others > 0 ? ` (and ${others} more partitions stand still)` : '';
  return `${code}: ${partition} stands still: ${message}${remedy === undefined ? '' : `; ${remedy}`}${more}`;
}
