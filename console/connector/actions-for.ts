import type { ShownConnector } from '../../src/console/answers.ts';
import type { ChangeName } from '../data/changes.ts';

/** The actions that make sense in the connector's state, the likeliest first. */
export function actionsFor({ desired, taskStatus }: Pick<ShownConnector, 'desired' | 'taskStatus'>): ChangeName[] {
  if (desired === 'PAUSED') return ['Resume', 'Stop'];
  if (desired === 'STOPPED') return ['Resume'];
  const failed = taskStatus.some(({ state }) => state === 'FAILED');
  // What has failed runs again only after a restart.
  const runs = taskStatus.some(({ state }) => state !== 'FAILED');
  return [
    ...(failed ? (['Restart failed tasks', 'Resume'] as const) : []),
    ...(runs ? (['Run now'] as const) : []),
    'Pause',
    'Stop',
    'Restart',
  ];
}
