import type { ConnectorItem, TaskItem } from '../../store/store.ts';
import type { ConnectorState, TaskState } from '../planner-api.ts';
import { inForce } from '../run/in-force.ts';
import { type Stall, stallOf } from './stall.ts';

/** A reason names so many tasks. */
const NAMED = 3;

const NO_PLAN_YET = 'no plan has taken effect yet; unless one is being made right now, apply the file again';

/** Says whether somebody has the lease of the task now. */
export const isHeld = ({ leaseUntil }: Pick<TaskItem, 'leaseUntil'>): boolean => leaseUntil > Date.now();

export function stateOf(item: TaskItem, { desired }: ConnectorItem): TaskState {
  const held = isHeld(item);
  if (item.staged !== undefined && held) return 'PLANNING';
  if (held) return 'RUNNING';
  if (item.paused) return desired === 'STOPPED' ? 'STOPPED' : 'PAUSED';
  if (item.failure === undefined) return item.lastRun?.stopped === undefined ? 'IDLE' : 'DEGRADED';
  return item.failure.fatal ? 'FAILED' : 'RETRYING';
}

/** Returns the state of the connector at `now`, and, where it is not well, why: with codes and remedies, as sentences. */
export function connectorState(
  connector: ConnectorItem,
  items: readonly TaskItem[],
  now: number,
): { readonly state: ConnectorState; readonly reason?: string } {
  if (connector.desired !== 'RUNNING') return { state: connector.desired };
  if (connector.generation === 0) return { state: 'RUNNING', reason: NO_PLAN_YET };
  const tasks = items
    .filter((item) => inForce(item, connector.generation) !== undefined)
    .map((item) => ({ item, state: stateOf(item, connector) }));
  const troubles = tasks.flatMap(({ item, state }) => trouble(item, state) ?? []);
  const stalls = tasks.flatMap(({ item }) => stallOf(item, connector, now) ?? []).map(wordsOf);
  const reason = [...sentences(troubles), ...sentences(stalls)].join('\n');
  if (troubles.length > 0) return { state: tasks.every(({ state }) => state === 'FAILED') ? 'FAILED' : 'DEGRADED', reason };
  return stalls.length > 0 ? { state: 'STALLED', reason } : { state: 'RUNNING' };
}

function trouble({ task, failure, lastRun }: TaskItem, state: TaskState): string | undefined {
  if (state === 'FAILED' || state === 'RETRYING') return `task ${task} is ${state}: ${failure?.code}: ${failure?.message}`;
  // Whoever resumed the connector died on the way, or is still at it.
  if (state === 'PAUSED') return `task ${task} is still PAUSED; if that lasts, resume the connector again`;
  if (state !== 'DEGRADED') return undefined;
  const { stopped: [first] = [], stoppedPartitions, stopped = [] } = lastRun ?? {};
  const others = (stoppedPartitions ?? stopped.length) - 1;
  return `task ${task} is DEGRADED: partition ${first?.partition} has stopped: ${first?.code}: ${first?.message}${others > 0 ? `; so have ${others} more` : ''}`;
}

function wordsOf({ task, since, lagRecords, lagMs }: Stall): string {
  const left = lagRecords === undefined ? `it is ${Math.round((lagMs ?? 0) / 1_000)} s behind` : `${lagRecords} records are left`;
  return `task ${task} has copied nothing since ${new Date(since).toISOString()}, and ${left}`;
}

const sentences = (all: readonly string[]): string[] =>
  all.length <= NAMED ? [...all] : [...all.slice(0, NAMED), `and ${all.length - NAMED} more tasks`];
