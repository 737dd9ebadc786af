import { ConnectError } from '../api/index.ts';
import type { Standing, SyncResult } from './trigger.ts';

/** `sync` of a trigger that only fires. */
export async function refuseSchedule({ connector, schedule }: Standing): Promise<SyncResult> {
  if (schedule !== undefined) {
    throw new ConnectError('CONFIG_INVALID', `trigger.schedule of connector ${connector} can't be held here: ${schedule.expression}`, {
      remedy: 'leave trigger.schedule out, or run it where there are schedules: on AWS, or with the dev command',
    });
  }
  return { created: 0, changed: 0, deleted: 0, kept: 0 };
}
