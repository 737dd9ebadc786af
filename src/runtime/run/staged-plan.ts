import type { TaskItem, TaskStore } from '../../store/store.ts';

/**
 * Looks how an item with a staged plan must be run. A planner that died between the flip and the task's promotion left the plan in force
 * on the connector but only staged here: the task promotes itself, so that nobody has to notice. A plan without a flip is ignored.
 * `gone` means that the task is not part of the plan in force.
 *
 * It costs one or two requests more, in this rare state only. Promoting ends the caller's lease: it must acquire again.
 */
export async function settleStagedPlan(store: TaskStore, item: TaskItem): Promise<'as-it-is' | 'promoted' | 'gone'> {
  const staged = item.staged;
  if (staged !== undefined) {
    const connector = await store.getConnector(item.connector);
    if (connector?.generation === staged.generation) {
      return (await store.promote(item, staged.generation)) === undefined ? 'gone' : 'promoted';
    }
  }
  return item.planned === undefined ? 'gone' : 'as-it-is';
}
