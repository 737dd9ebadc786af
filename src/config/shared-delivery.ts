import type { ConnectorSpec } from './connector-spec.ts';

const DEFAULT_INVISIBLE_MS = 60_000;

/** Whether the tasks of a sink share its queues with each other, as consumers of one group, instead of having queues of their own. */
export const isShared = ({ direction, system }: Pick<ConnectorSpec, 'direction' | 'system'>): boolean =>
  direction === 'sink' && system.delivery === 'shared';

/** The partitions of a sink whose tasks share its queues: a worker for each task. */
export const workerNames = (tasks: number): string[] => Array.from({ length: tasks }, (_, task) => `worker-${task}`);

export const isWorkerName = (partition: string): boolean => /^worker-\d+$/.test(partition);

/** How long a message is invisible to other workers, ms. */
export const invisibleMsOf = ({ invisibleTimeMs }: { readonly invisibleTimeMs?: number }): number =>
  invisibleTimeMs ?? DEFAULT_INVISIBLE_MS;
