/** For how long the series of a case go on, and when it is looked which alerts there are: an hour less. */
const MINUTES = 180;

interface Case {
  readonly alert: string;
  readonly severity: 'critical' | 'warning';
  /** Labels of the alert besides `connector`. */
  readonly labels: Readonly<Record<string, string>>;
  /** Values by metric without its prefix, in promtool's notation: `0+1x60`. They fire. */
  readonly fires: Readonly<Record<string, string>>;
  /** The same with something changed: they do not. */
  readonly rests: ReadonlyArray<Readonly<Record<string, string>>>;
}

const always = (value: number): string => `${value}x${MINUTES}`;
/** It was so for the last minutes only. */
const since = (minutes: number, before: number, now: number): string => `${before}x${MINUTES - minutes - 1} ${now}x${minutes}`;
const TASK = 'task="0"';
const LAG = `task_lag_records{${TASK}}`;
const RECORDS = `task_records_total{${TASK}}`;
const AGE = `task_last_run_age_seconds{${TASK}}`;
const DEAD = `task_dead_letters_total{${TASK}}`;
const FAILED = `task_state{${TASK},state="FAILED"}`;
const RETRYING = `task_state{${TASK},state="RETRYING"}`;
const FAILURES = `task_consecutive_failures{${TASK}}`;
const STOPPED_PARTITIONS = `task_stopped_partitions{${TASK}}`;
const PAUSED = 'connector_state{state="PAUSED"}';
const STOPPED = 'connector_state{state="STOPPED"}';
const PENDING = 'connector_plan_pending';
const CONNECTOR_AGE = 'connector_age_seconds';
const TARGET_AGE = 'connector_target_age_seconds';
const COST = 'connector_cost_dollars_total{part="duration"}';

const CASES: readonly Case[] = [
  {
    ...{ alert: 'RocketmqConnectTaskFailed', severity: 'critical', labels: { task: '0', state: 'FAILED' } },
    ...{ fires: { [FAILED]: always(1) }, rests: [{ [FAILED]: always(0) }, { [RETRYING]: always(1) }] },
  },
  {
    ...{ alert: 'RocketmqConnectTaskRetrying', severity: 'warning', labels: { task: '0' } },
    ...{ fires: { [FAILURES]: always(5) }, rests: [{ [FAILURES]: always(4) }] },
  },
  {
    ...{ alert: 'RocketmqConnectPartitionsStopped', severity: 'warning', labels: { task: '0' } },
    ...{ fires: { [STOPPED_PARTITIONS]: always(2) }, rests: [{ [STOPPED_PARTITIONS]: since(10, 0, 2) }] },
  },
  {
    ...{ alert: 'RocketmqConnectStalled', severity: 'critical', labels: { task: '0' } },
    fires: { [LAG]: always(9), [RECORDS]: always(100), [PAUSED]: always(0) },
    rests: [
      { [LAG]: always(0), [RECORDS]: always(100) },
      { [LAG]: always(9), [RECORDS]: `0+10x${MINUTES}` },
      { [LAG]: always(9), [RECORDS]: always(100), [PAUSED]: always(1) },
      { [LAG]: always(9), [RECORDS]: always(100), [STOPPED]: always(1) },
    ],
  },
  {
    ...{ alert: 'RocketmqConnectLate', severity: 'warning', labels: {} },
    fires: { [CONNECTOR_AGE]: always(601), [TARGET_AGE]: always(300) },
    rests: [{ [CONNECTOR_AGE]: always(600), [TARGET_AGE]: always(300) }, { [CONNECTOR_AGE]: always(601) }],
  },
  {
    ...{ alert: 'RocketmqConnectDeadLetters', severity: 'warning', labels: { task: '0' } },
    ...{ fires: { [DEAD]: since(30, 3, 4) }, rests: [{ [DEAD]: always(3) }, { [DEAD]: since(90, 3, 4) }] },
  },
  {
    ...{ alert: 'RocketmqConnectNotRunning', severity: 'warning', labels: { task: '0' } },
    fires: { [AGE]: always(7_201), [LAG]: always(1), [RECORDS]: `0+10x${MINUTES}` },
    rests: [
      { [AGE]: always(7_201), [LAG]: always(0), [RETRYING]: always(0) },
      { [AGE]: always(7_200), [RETRYING]: always(1) },
      { [AGE]: always(7_201), [RETRYING]: always(1), [STOPPED]: always(1) },
    ],
  },
  {
    ...{ alert: 'RocketmqConnectPlanPending', severity: 'warning', labels: {} },
    ...{ fires: { [PENDING]: always(1) }, rests: [{ [PENDING]: since(20, 0, 1) }] },
  },
  {
    ...{ alert: 'RocketmqConnectCost', severity: 'warning', labels: {} },
    ...{ fires: { [COST]: `0+0.05x${MINUTES}` }, rests: [{ [COST]: `0+0.01x${MINUTES}` }] },
  },
];

/** What promtool is to test, and the alerts that are in it. Each case has a connector of its own. */
export function alertCases() {
  const names = [...new Set(CASES.map(({ alert }) => alert))].toSorted();
  const tests = CASES.flatMap(({ alert, severity, labels, fires, rests }) => [
    test(`${alert} fires`, fires, [{ alertname: alert, alertstate: 'firing', severity, connector: 'orders', ...labels }]),
    ...rests.map((values, index) => test(`${alert} rests ${index}`, values, [])),
  ]);
  return { names, tests };
}

function test(name: string, values: Readonly<Record<string, string>>, alerts: ReadonlyArray<Readonly<Record<string, string>>>) {
  return {
    name,
    interval: '1m',
    input_series: Object.entries(values).map(([metric, series]) => ({ series: named(metric), values: series })),
    promql_expr_test: [
      {
        expr: 'ALERTS{alertstate="firing"}',
        eval_time: `${MINUTES}m`,
        exp_samples: alerts.map((labels) => ({ labels: `ALERTS{${text(labels)}}`, value: 1 })),
      },
    ],
  };
}

function named(metric: string): string {
  const [, name = '', labels] = /^(\w+)(?:\{(.*)\})?$/.exec(metric) ?? [];
  return `rocketmq_connect_${name}{connector="orders"${labels === undefined ? '' : `,${labels}`}}`;
}

const text = (labels: Readonly<Record<string, string>>): string =>
  Object.entries(labels)
    .map(([label, value]) => `${label}="${value}"`)
    .join(',');
