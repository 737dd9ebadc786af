import type { RestartResult } from '../../runtime/planner-api.ts';
import { empty, type Route, route } from '../answers/route.ts';
import { shownStatus } from '../answers/states.ts';
import { ask, type Context, connectorNamed } from './context.ts';

/** Pause, resume, stop, restart. Each can be repeated. */
export function lifecycleRoutes(context: Context): Route[] {
  const change = (action: 'pause' | 'resume' | 'stop', status: 202 | 204, summary: string): Route =>
    route({
      method: 'PUT',
      path: `/connectors/:name/${action}`,
      summary,
      answers: { [status]: undefined },
      handle: async ({ params: { name = '' } }) => {
        await ask(context, { action, connector: name });
        return empty(status);
      },
    });

  return [
    change('pause', 202, 'Start no more runs; those under way finish'),
    change('resume', 202, 'End a pause or a stop, and let failed tasks run again'),
    change('stop', 204, 'End runs, start no more and remove the schedules; positions stay'),
    route({
      method: 'POST',
      path: '/connectors/:name/restart',
      summary: 'Plan the connector again; with includeTasks, clear the failures of its tasks and start them',
      query: { includeTasks: 'true: also the tasks. Default false', onlyFailed: 'true: only tasks that failed. Default false' },
      answers: { 202: 'Status', 204: undefined },
      handle: async ({ params: { name = '' }, query }) => {
        const isSet = (flag: string) => query.get(flag)?.toLowerCase() === 'true';
        const [includeTasks, onlyFailed] = [isSet('includeTasks'), isSet('onlyFailed')];
        await connectorNamed(context, name);
        // A connector fails only as its tasks do.
        if (!onlyFailed) await ask(context, { action: 'replan', connector: name });
        if (!includeTasks && !onlyFailed) return empty(204);
        const restarted = includeTasks ? await restartTasks(name, onlyFailed) : [];
        const status = shownStatus(await connectorNamed(context, name), context.worker);
        const tasks = status.tasks.map((task) => (restarted.includes(task.id) ? { ...task, state: 'RESTARTING' } : task));
        return { status: 202, body: { ...status, tasks } };
      },
    }),
  ];

  async function restartTasks(connector: string, onlyFailed: boolean): Promise<readonly number[]> {
    return (await ask<RestartResult>(context, { action: 'restart', connector, onlyFailed })).restarted;
  }
}
