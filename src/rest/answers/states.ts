import type { ConnectorOverview, TaskOverview } from '../../runtime/planner-api.ts';

export interface ShownState {
  readonly state: string;
  readonly worker_id: string;
  readonly version: string;
  /** What is wrong. */
  readonly trace?: string;
}

export interface ShownTask extends ShownState {
  readonly id: number;
}

export interface ShownStatus {
  readonly name: string;
  readonly connector: ShownState;
  readonly tasks: readonly ShownTask[];
  readonly type: string;
}

/** What all states say besides. */
export interface Worker {
  readonly worker_id: string;
  readonly version: string;
}

/** A connector in the states of Kafka Connect. */
export function shownStatus(connector: ConnectorOverview, worker: Worker): ShownStatus {
  return {
    name: connector.name,
    connector: { state: stateOfConnector(connector), ...worker, ...trace(troubleOf(connector)) },
    tasks: shownTasks(connector).map((task) => shownTask(task, worker)),
    type: connector.direction,
  };
}

/** The tasks of a connector that is stopped are kept, with their positions. Kafka Connect has none then. */
export const shownTasks = ({ desired, tasks }: ConnectorOverview): readonly TaskOverview[] => (desired === 'STOPPED' ? [] : tasks);

export function shownTask({ task, state, trouble }: TaskOverview, worker: Worker): ShownTask {
  return { id: task, state: stateOfTask(state), ...worker, ...trace(trouble) };
}

function stateOfTask(state: string): string {
  switch (state) {
    case 'PLANNING':
      return 'RESTARTING';
    case 'FAILED':
    case 'PAUSED':
      return state;
    // A task that waits, for its next start or after a failure, goes on by itself.
    default:
      return 'RUNNING';
  }
}

function stateOfConnector({ desired, state, generation }: ConnectorOverview): string {
  if (desired !== 'RUNNING') return desired;
  if (generation === 0) return 'UNASSIGNED';
  return state === 'FAILED' ? state : 'RUNNING';
}

/** A connector says what its tasks say: many tools look no further. One that is stalled has no task that failed. */
function troubleOf(connector: ConnectorOverview): string | undefined {
  const tasks = shownTasks(connector);
  const failed = tasks.filter(({ state }) => state === 'FAILED');
  const first = failed[0] ?? tasks.find(({ trouble }) => trouble !== undefined);
  if (first === undefined) return connector.reason;
  const many = failed.length > 0 ? `${failed.length} of ${tasks.length} tasks failed; ` : '';
  return `${many}task ${first.task}: ${first.trouble ?? first.state}`;
}

const trace = (text: string | undefined): { readonly trace?: string } => (text === undefined ? {} : { trace: text });
