import type { Logger } from '../../../src/api/index.ts';
import { ask } from '../../../src/cli/failures.ts';
import { openLocalTarget } from '../../../src/cli/local-target.ts';
import type { TaskTotals } from '../../../src/cli/run-totals.ts';
import { readConnectorDocuments } from '../../../src/config/yaml-files.ts';
import type { PlanResult, StatusResult } from '../../../src/runtime/planner-api.ts';

export interface CopyOptions {
  /** Names the connector and the topic. */
  readonly name: string;
  /** Path of the connector file that is applied under this name, its `source` section with `options`. */
  readonly example: string;
  readonly options: object;
  /** DynamoDB table for the state. */
  readonly table: string;
  readonly logger: Logger;
  readonly signal: AbortSignal;
  readonly onPlan: (plan: PlanResult) => void;
  /** What earlier runs left. */
  readonly onStart: (before: StatusResult) => void;
  /** Records acknowledged since the run began, over all tasks. */
  readonly onProgress: (records: number) => void;
}

/** Applies the example connector and runs its tasks side by side until each has caught up or failed. */
export async function copy({
  name,
  example: path,
  options,
  table,
  logger,
  signal,
  onPlan,
  onStart,
  onProgress,
}: CopyOptions): Promise<TaskTotals[]> {
  const [document] = await readConnectorDocuments([path]);
  const example = document?.data as { readonly source: object; readonly rocketmq: object };
  const file = { ...example, name, source: { ...example.source, ...options }, rocketmq: { ...example.rocketmq, topic: name } };
  const target = await openLocalTarget({ table, logger });
  try {
    onPlan(await ask<PlanResult>(target.planner, { action: 'apply', file }));
    const before = await ask<StatusResult>(target.planner, { action: 'status', connector: name });
    onStart(before);
    return await target.runTasks({
      connector: name,
      tasks: before.taskStatus.map(({ task }) => task),
      before,
      once: false,
      signal,
      onProgress: ({ records }) => onProgress(records),
    });
  } finally {
    await target.close();
  }
}
