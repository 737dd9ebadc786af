import type { Started } from '../../src/console/answers.ts';
import { counted } from '../format/numbers.ts';
import { call, pathOf } from './api.ts';

/** What people do with a connector. Each resolves with a sentence about its effect. */
export const CHANGES = {
  Pause: async (name: string) => {
    await call('PUT', pathOf(name, '/pause'));
    return `${name} is paused: no run starts any more, and runs under way finish`;
  },
  Resume: async (name: string) => {
    await call('PUT', pathOf(name, '/resume'));
    return `${name} is resumed: its tasks may run again, also those that had failed`;
  },
  Stop: async (name: string) => {
    await call('PUT', pathOf(name, '/stop'));
    return `${name} is stopped: runs end, its schedule is removed, its positions stay`;
  },
  Restart: async (name: string) => {
    const { tasks } = await call<{ readonly tasks: readonly TaskShown[] }>('POST', pathOf(name, '/restart?includeTasks=true'));
    return `${name} is planned again, and ${restarted(tasks)}`;
  },
  'Restart failed tasks': async (name: string) => {
    const { tasks } = await call<{ readonly tasks: readonly TaskShown[] }>(
      'POST',
      pathOf(name, '/restart?includeTasks=true&onlyFailed=true'),
    );
    return `${name}: ${restarted(tasks)}`;
  },
  'Run now': async (name: string) => {
    return startedText(name, await call<Started>('POST', `/api${pathOf(name, '/run')}`));
  },
} as const;

export type ChangeName = keyof typeof CHANGES;

/** Says of how many tasks a person has started a run. */
export function startedText(name: string, { started, running }: Started): string {
  if (started + running === 0) return `${name} has no tasks, because there is nothing to copy`;
  const ran = `${counted(running, 'task runs', 'tasks run')} already`;
  if (started === 0) return `${name}: ${ran}`;
  return `${name}: ${counted(started, 'task')} started${running > 0 ? `, and ${ran}` : ''}`;
}

interface TaskShown {
  readonly id: number;
  readonly state: string;
}

function restarted(tasks: readonly TaskShown[]): string {
  const ids = tasks.filter(({ state }) => state === 'RESTARTING').map(({ id }) => id);
  if (ids.length === 0) return 'no task had to be started anew';
  return `${ids.length === 1 ? 'task' : 'tasks'} ${ids.join(', ')} ${ids.length === 1 ? 'starts' : 'start'} anew`;
}
