import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parse } from 'yaml';
import { PRICE_TABLE } from '../../../src/cost/prices.ts';
import { metricsText } from '../../../src/metrics/metrics-text.ts';
import type { ConnectorMetrics } from '../../../src/runtime/planner-api.ts';
import { measured, STATES } from './measured.ts';

const NOW = 1_800_000_000_000;
const prices = PRICE_TABLE['us-east-1'];
const NAMES = ['own', 'kafka'] as const;

const counters = { invocations: 3, records: 10, bytes: 100, deadLetters: 1, dynamodbRequests: 7 };
const summary = {
  ...{ name: 'orders', type: 'kafka-source', desired: 'RUNNING' as const, state: 'DEGRADED' as const, generation: 2, planPending: false },
  ...{ tasks: STATES.length, direction: 'source' as const, topic: 'orders', plannedAt: NOW - 90_000, ageMs: 90_500, targetMs: 300_000 },
};
/** A connector with a task in each state. The first has run, the others never have. */
const orders: ConnectorMetrics = {
  ...summary,
  taskMetrics: STATES.map((state, task) => ({
    ...{ task, state, partitions: 2, stopped: 0, counters },
    ...(task === 0 && {
      lastRecordAt: NOW - 60_000,
      leaseUntil: NOW + 5_000,
      lastRun: { startedAt: NOW - 32_000, endedAt: NOW - 30_000, outcome: 'limit' as const, records: 4, lagRecords: 12, lagMs: 1_500 },
    }),
  })),
};

const lines = (text: string): string[] => text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
const nameOf = (line: string): string => /^[a-z_]+/.exec(line)?.[0] ?? '';
const ofTask = (text: string, task: number) => lines(text).filter((line) => line.includes(`task="${task}"`));
/** The metrics that are there when everything is known. */
const known = (names: (typeof NAMES)[number]) =>
  new Set(
    lines(
      metricsText([{ ...orders }, { ...orders, name: 'sink', direction: 'sink', taskMetrics: failedOnce }], {
        names,
        ...(prices && { prices }),
      }),
    ).map(nameOf),
  );
const failedOnce: ConnectorMetrics['taskMetrics'] = [
  {
    ...{ task: 0, state: 'FAILED', partitions: 1, stopped: 1, counters },
    failure: { code: 'TIMEOUT', count: 1, at: NOW, notBefore: 0, fatal: true },
  },
];

describe('metrics', () => {
  it('keep the series of each task, whatever its state, and exactly one state is 1', () => {
    const text = metricsText([orders], { now: NOW });
    for (const [task, state] of STATES.entries()) {
      const states = ofTask(text, task).filter((line) => line.startsWith('rocketmq_connect_task_state{'));
      expect(states).toHaveLength(STATES.length);
      expect(states.filter((line) => line.endsWith(' 1'))).toEqual([
        `rocketmq_connect_task_state{connector="orders",task="${task}",state="${state}"} 1`,
      ]);
      expect(ofTask(text, task)).toContain(`rocketmq_connect_task_records_total{connector="orders",task="${task}"} 10`);
      expect(ofTask(text, task)).toContain(`rocketmq_connect_task_failures_total{connector="orders",task="${task}"} 0`);
    }
    expect(lines(text)).toContain('rocketmq_connect_connector_state{connector="orders",state="DEGRADED"} 1');
    expect(lines(text)).toContain('rocketmq_connect_connector_age_seconds{connector="orders"} 90.5');
    expect(lines(text)).toContain('rocketmq_connect_connector_target_age_seconds{connector="orders"} 300');
    expect(lines(text).filter((line) => line.startsWith('rocketmq_connect_connector_state') && line.endsWith(' 1'))).toHaveLength(1);
  });

  it('tell lag from the age of the last record, and the age of the last run from that of the plan of a task that never ran', () => {
    const text = metricsText([orders], { now: NOW });
    const values = Object.fromEntries(
      ofTask(text, 0).map((line) => [nameOf(line).replace('rocketmq_connect_task_', ''), Number(line.split(' ')[1])]),
    );
    expect(values).toMatchObject({
      ...{ lag_records: 12, lag_seconds: 1.5, last_record_age_seconds: 60, last_run_age_seconds: 30, last_run_duration_seconds: 2 },
      lease_seconds: 5,
    });
    const never = ofTask(text, 1);
    expect(never).toContain('rocketmq_connect_task_last_run_age_seconds{connector="orders",task="1"} 90');
    expect(never.filter((line) => /lag|last_record|last_run_duration/.test(line))).toEqual([]);
  });

  it('have a state that they do not know yet, too', () => {
    const text = metricsText([{ ...orders, state: 'SOMETHING_NEW' as never }], { now: NOW });
    expect(lines(text)).toContain('rocketmq_connect_connector_state{connector="orders",state="SOMETHING_NEW"} 1');
  });

  it('say what a connector costs only where there are prices', () => {
    expect(metricsText([orders])).not.toContain('cost');
    const cost = lines(metricsText([orders], { ...(prices && { prices }) })).filter((line) => line.includes('cost'));
    expect(cost.map((line) => /part="(\w+)"/.exec(line)?.[1])).toEqual(['duration', 'requests', 'dynamodb', 'sqs', 'logs']);
  });

  it('have the names of Kafka Connect on request: one series for a status', () => {
    const text = metricsText([orders], { names: 'kafka' });
    expect(lines(text)).toContain('kafka_connect_source_task_source_record_write_total{connector="orders",task="0"} 10');
    const statuses = lines(text).filter((line) => line.startsWith('kafka_connect_connector_task_status'));
    expect(statuses).toHaveLength(STATES.length);
    expect(statuses.filter((line) => line.includes('status="failed"'))).toHaveLength(1);
    expect(text).not.toContain('sink_task');
  });

  it('have each name that the dashboard and the alerts in examples ask for', () => {
    const own = known('own');
    const texts = ['examples/grafana/dashboard.json', 'examples/prometheus/alerts.yml'].map((file) => readFileSync(file, 'utf8'));
    const asked = texts.map((text) => new Set(text.match(/rocketmq_connect_[a-z_]+/g) ?? []));
    for (const names of asked) {
      expect(names.size).toBeGreaterThan(5);
      expect([...names].filter((name) => !own.has(name))).toEqual([]);
    }
    expect(JSON.parse(texts[0] as string)).toMatchObject({ panels: expect.any(Array) });
    const { groups } = parse(texts[1] as string) as { groups: Array<{ rules: Array<Record<string, unknown>> }> };
    for (const rule of groups.flatMap(({ rules }) => rules)) {
      expect(rule).toMatchObject({ alert: expect.any(String), expr: expect.any(String), annotations: { summary: expect.any(String) } });
    }
  });

  it('are the names that docs/metrics.md explains, all of them', () => {
    const page = readFileSync('docs/metrics.md', 'utf8');
    const explained = (prefix: string) => new Set([...page.matchAll(new RegExp(`\`(${prefix}_[a-z_]+)`, 'g'))].map(([, name]) => name));
    expect(explained('rocketmq_connect')).toEqual(known('own'));
    expect(explained('kafka_connect')).toEqual(known('kafka'));
  });

  const LABEL = String.raw`[a-z_]+="(\\[\\n"]|[^\\"\n])*"`;
  const SAMPLE = new RegExp(`^[a-z_]+(\\{${LABEL}(,${LABEL})*\\})? (\\d+(\\.\\d+)?(e[+-]\\d+)?|NaN|[+-]Inf)$`);

  it.each(NAMES)("are Prometheus' own text of each connector there can be, with the same series, by %s names", (names) => {
    fc.assert(
      fc.property(measured, (connectors) => {
        const options = { now: NOW, names, ...(prices && { prices }) };
        const text = metricsText(connectors, { ...options, format: 'prometheus' });
        expect(lines(text)).toEqual(lines(metricsText(connectors, options)));
        let family = '';
        const comments = new Set<string>();
        for (const line of text.split('\n').slice(0, -1)) {
          const [, kind = '', name = '', rest = ''] = /^# (HELP|TYPE) ([a-z_]+) (.+)$/.exec(line) ?? [];
          if (kind === '') expect(nameOf(line)).toBe(family);
          else {
            expect(comments).not.toContain(`${kind} ${name}`);
            comments.add(`${kind} ${name}`);
            if (kind === 'HELP') family = name;
            else expect(['counter', 'gauge', 'untyped']).toContain(rest);
            expect(name).toBe(family);
          }
        }
      }),
    );
  });

  it.each(NAMES)('are OpenMetrics of each connector there can be, by %s names', (names) => {
    fc.assert(
      fc.property(measured, (connectors) => {
        const text = metricsText(connectors, { now: NOW, names, ...(prices && { prices }) });
        expect(text.endsWith('# EOF\n')).toBe(true);
        let family = { name: '', type: '' };
        const families = new Set<string>();
        const series = new Set<string>();
        for (const line of text.split('\n').slice(0, -2)) {
          const [, kind, name = '', rest = ''] = /^# (TYPE|UNIT|HELP) ([a-z_]+) (.*)$/.exec(line) ?? [];
          if (kind === 'TYPE') {
            expect(families).not.toContain(name);
            families.add(name);
            family = { name, type: rest };
          } else if (kind !== undefined) {
            expect(name).toBe(family.name);
            if (kind === 'UNIT') expect(name.endsWith(`_${rest}`)).toBe(true);
          } else {
            expect(line).toMatch(SAMPLE);
            const suffix = { counter: '_total', info: '_info' }[family.type] ?? '';
            expect(nameOf(line)).toBe(`${family.name}${suffix}`);
            const labels = line.slice(0, line.lastIndexOf(' '));
            expect(series).not.toContain(labels);
            series.add(labels);
          }
        }
      }),
    );
  });
});
