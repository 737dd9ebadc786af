import { type ConnectorContext, type Finding, toConnectError } from '../../../api/index.ts';
import { longestPause } from '../../../config/schedule-pause.ts';
import type { MysqlServer } from '../server/server.ts';
import { type ServerFacts, variable } from '../server/server-facts.ts';

interface Setting {
  readonly name: string;
  readonly good: (value: string) => boolean;
  readonly why: string;
  readonly remedy: string;
}

const SETTINGS: readonly Setting[] = [
  {
    name: 'binlog_format',
    good: (value) => value === 'ROW',
    why: 'the log must hold rows, not statements',
    remedy: 'SET GLOBAL binlog_format = ROW, and let applications connect anew',
  },
  {
    name: 'binlog_row_image',
    good: (value) => value === 'FULL',
    why: 'the log must hold rows with all their columns',
    remedy: 'SET GLOBAL binlog_row_image = FULL, and let applications connect anew',
  },
  {
    name: 'binlog_row_metadata',
    good: (value) => value === 'FULL',
    why: 'the log must name columns, or changes of tables are not followed',
    remedy: 'SET GLOBAL binlog_row_metadata = FULL',
  },
  {
    name: 'binlog_row_value_options',
    good: (value) => value === '',
    why: 'changed parts of JSON values are not understood',
    remedy: "SET GLOBAL binlog_row_value_options = ''",
  },
  {
    name: 'binlog_transaction_compression',
    good: (value) => value === 'OFF',
    why: 'compressed transactions are not understood',
    remedy: 'SET GLOBAL binlog_transaction_compression = OFF',
  },
];

/** Settings of the server that its log must be written with, and how long it is kept. */
export async function checkSettings(server: MysqlServer, facts: ServerFacts, schedule: Schedule | undefined): Promise<Finding[]> {
  const findings = await Promise.all(SETTINGS.map(async (setting) => check(setting, await variable(server, setting.name))));
  const metadata = await variable(server, 'binlog_row_metadata');
  return [...findings.flat(), ...(metadata === undefined ? [withoutNames(facts)] : []), ...(await checkRetention(server, schedule))];
}

function check({ name, good, why, remedy }: Setting, value: string | undefined): Finding[] {
  if (value === undefined || good(value)) return [];
  return [{ level: 'error', code: 'WRONG_KIND', option: 'source.address', message: `${name} is ${value}: ${why}`, remedy }];
}

const withoutNames = ({ version }: ServerFacts): Finding => ({
  level: 'warning',
  code: 'WRONG_KIND',
  option: 'source.address',
  message: `the log of version ${version} does not name columns: rows that were written before a table changed get its new names`,
  remedy: 'let the connector catch up before tables change, or use MySQL 8 or MariaDB 10.5',
});

type Schedule = NonNullable<ConnectorContext['schedule']>;

const HOUR_MS = 3_600_000;
/** Less is too little for a weekend, or for a failure that someone has to look at. */
const SHORT_MS = 72 * HOUR_MS;
/** A log must outlive that many pauses of the schedule: runs may fail. */
const PAUSES = 3;

interface Retention {
  /** 0: the log goes as soon as the server has no use for it. */
  readonly keptMs: number;
  readonly remedy: (hours: number) => string;
}

/** Warns where the server may remove its log before a run has read it. */
async function checkRetention(server: MysqlServer, schedule: Schedule | undefined): Promise<Finding[]> {
  const retention = (await rdsRetention(server)) ?? (await ownRetention(server));
  if (retention === undefined) return [];
  const { keptMs, remedy } = retention;
  const pauseMs = schedule && longestPause(schedule.expression, schedule.timeZone, Date.now());
  const neededMs = Math.max(SHORT_MS, PAUSES * (pauseMs ?? 0));
  if (keptMs >= neededMs) return [];
  const kept = keptMs === 0 ? 'the server removes its log as soon as it can' : `the server keeps its log for ${hours(keptMs)}`;
  const pauses = pauseMs === undefined ? '' : ` and the schedule starts the task at least every ${hours(pauseMs)}`;
  return [
    {
      level: 'warning',
      code: 'POSITION_LOST',
      option: 'trigger.schedule',
      message: `${kept}${pauses}: changes are lost when no run succeeds for so long`,
      remedy: remedy(Math.ceil(neededMs / HOUR_MS)) + (neededMs > SHORT_MS ? ', or start the task more often' : ''),
    },
  ];
}

/** Undefined where the log is kept until someone removes it. */
async function ownRetention(server: MysqlServer): Promise<Retention | undefined> {
  const seconds = await variable(server, 'binlog_expire_logs_seconds');
  const days = Number((await variable(server, 'expire_logs_days')) ?? 0);
  const keptMs = Number(seconds ?? 0) > 0 ? Number(seconds) * 1_000 : days * 24 * HOUR_MS;
  if (keptMs === 0) return undefined;
  const remedy = (needed: number) =>
    seconds === undefined
      ? `SET GLOBAL expire_logs_days = ${Math.ceil(needed / 24)}`
      : `SET GLOBAL binlog_expire_logs_seconds = ${needed * 3_600}`;
  return { keptMs, remedy };
}

/** Of Amazon RDS and Aurora, which do not heed the server's own setting; undefined elsewhere. */
async function rdsRetention(server: MysqlServer): Promise<Retention | undefined> {
  try {
    const [row] = await server.query<{ value: string | null }>(
      "SELECT value FROM mysql.rds_configuration WHERE name = 'binlog retention hours'",
    );
    const remedy = (needed: number) => `CALL mysql.rds_set_configuration('binlog retention hours', ${needed})`;
    return row === undefined ? undefined : { keptMs: Number(row.value ?? 0) * HOUR_MS, remedy };
  } catch (error) {
    const { code } = toConnectError(error);
    if (code === 'NOT_FOUND' || code === 'FORBIDDEN') return undefined;
    throw error;
  }
}

const hours = (ms: number): string => (ms < HOUR_MS ? `${Math.round(ms / 60_000)} minutes` : `${Math.round(ms / HOUR_MS)} hours`);
