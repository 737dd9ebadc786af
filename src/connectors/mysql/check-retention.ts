import type { ConnectorContext, Finding } from '../../api/index.ts';
import { longestPause } from '../../config/schedule-pause.ts';
import type { MysqlServer } from './server.ts';
import { variable } from './server-facts.ts';

export type Schedule = NonNullable<ConnectorContext['schedule']>;

const HOUR_MS = 3_600_000;
/** Less is too little for a weekend, or for a failure that someone has to look at. */
const SHORT_MS = 72 * HOUR_MS;
/** A log must outlive that many pauses of the schedule: runs may fail. */
const PAUSES = 3;

/** Warns where the server may remove its log before a run has read it. */
export async function checkRetention(server: MysqlServer, schedule: Schedule | undefined): Promise<Finding[]> {
  const seconds = Number((await variable(server, 'binlog_expire_logs_seconds')) ?? 0);
  const days = Number((await variable(server, 'expire_logs_days')) ?? 0);
  const keptMs = seconds > 0 ? seconds * 1_000 : days * 24 * HOUR_MS;
  if (keptMs === 0) return [];
  const pauseMs = schedule && longestPause(schedule.expression, schedule.timeZone, Date.now());
  const neededMs = Math.max(SHORT_MS, PAUSES * (pauseMs ?? 0));
  if (keptMs >= neededMs) return [];
  const pauses = pauseMs === undefined ? '' : ` and the schedule starts the task at least every ${hours(pauseMs)}`;
  return [
    {
      level: 'warning',
      code: 'POSITION_LOST',
      option: 'trigger.schedule',
      message: `the server keeps its log for ${hours(keptMs)}${pauses}: changes are lost when no run succeeds for so long`,
      remedy: `SET GLOBAL binlog_expire_logs_seconds = ${Math.ceil(neededMs / 1_000)}, or start the task more often`,
    },
  ];
}

const hours = (ms: number): string => (ms < HOUR_MS ? `${Math.round(ms / 60_000)} minutes` : `${Math.round(ms / HOUR_MS)} hours`);
