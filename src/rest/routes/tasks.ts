import type { StatusResult, TaskOverview } from '../../runtime/planner-api.ts';
import { notFound } from '../answers/rest-error.ts';
import { empty, ok, type Route, route } from '../answers/route.ts';
import { shownTask, shownTasks } from '../answers/states.ts';
import { ask, type Context, configOf, connectorNamed } from './context.ts';

/** The tasks of a connector. */
export function taskRoutes(context: Context): Route[] {
  /** Throws 404. */
  const taskOf = async (name: string, number: string): Promise<TaskOverview> => {
    const tasks = shownTasks(await connectorNamed(context, name));
    const found = tasks.find(({ task }) => String(task) === number);
    if (found === undefined) throw notFound(`connector ${name} has no task ${JSON.stringify(number)}`);
    return found;
  };

  return [
    route({
      method: 'GET',
      path: '/connectors/:name/tasks',
      summary: 'List the tasks with their configuration, and the partitions of each as `task.partitions`',
      answers: { 200: 'Tasks' },
      handle: async ({ params: { name = '' } }) => {
        const connector = await connectorNamed(context, name);
        if (shownTasks(connector).length === 0) return ok([]);
        const config = { ...configOf(connector), 'task.class': connector.type };
        const { taskStatus } = await ask<StatusResult>(context, { action: 'status', connector: name });
        return ok(
          taskStatus.map(({ task, partitions }) => ({
            id: { connector: name, task },
            config: { ...config, 'task.partitions': partitions.join(',') },
          })),
        );
      },
    }),
    route({
      method: 'GET',
      path: '/connectors/:name/tasks/:task/status',
      summary: 'Show the state of a task',
      answers: { 200: 'TaskState' },
      handle: async ({ params: { name = '', task = '' } }) => ok(shownTask(await taskOf(name, task), context.worker)),
    }),
    route({
      method: 'POST',
      path: '/connectors/:name/tasks/:task/restart',
      summary: 'Clear the failure of a task and start it',
      answers: { 204: undefined },
      handle: async ({ params: { name = '', task = '' } }) => {
        const { task: number } = await taskOf(name, task);
        await ask(context, { action: 'restart', connector: name, tasks: [number] });
        return empty(204);
      },
    }),
  ];
}
