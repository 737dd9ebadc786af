import { randomUUID } from 'node:crypto';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import { parse } from 'yaml';
import { PRICE_TABLE } from '../../../src/cost/prices.ts';
import { metricsText } from '../../../src/metrics/metrics-text.ts';
import type { PlannerRequest } from '../../../src/runtime/planner-api.ts';
import type { ConnectStore, Counters, Failure, TaskRef } from '../../../src/store/store.ts';
import { FruitPlanner } from '../../support/fruit-planner.ts';
import { openTestStore } from '../../support/pipeline.ts';
import { Prometheus, promtool } from '../../support/prometheus.ts';
import { stackAddresses } from '../../support/stack.ts';
import { measured } from '../../unit/metrics/measured.ts';
import { type LambdaEmulator, startLambdaEmulator } from '../cli/lambda-emulator.ts';
import { type ServeProcess, startServe } from '../cli/serve-process.ts';
import { alertCases } from './alert-cases.ts';

// Prometheus is downloaded first, where no earlier test has done so.
jest.setTimeout(600_000);

const EXAMPLES = path.resolve(import.meta.dirname, '../../../examples');
const RULES = path.join(EXAMPLES, 'prometheus/alerts.yml');
const PLANNER = 'rocketmq-connect-test-planner';
const prices = PRICE_TABLE['us-east-1'];

interface Dashboard {
  readonly panels: ReadonlyArray<{ readonly title?: string; readonly targets?: ReadonlyArray<{ readonly expr: string }> }>;
}

describe('what examples/ has for Prometheus', () => {
  let rules: ReadonlyArray<{ readonly alert: string; readonly expr: string }>;
  let panels: Dashboard['panels'];
  let store: ConnectStore;
  let lambda: LambdaEmulator;
  let served: ServeProcess;
  let prometheus: Prometheus;
  beforeAll(async () => {
    const { groups } = parse(await readFile(RULES, 'utf8')) as { groups: Array<{ rules: typeof rules }> };
    rules = groups.flatMap((group) => group.rules);
    ({ panels } = JSON.parse(await readFile(path.join(EXAMPLES, 'grafana/dashboard.json'), 'utf8')) as Dashboard);
    ({ store } = await openTestStore(await stackAddresses()));
    const planner = new FruitPlanner(store);
    planner.shows('apple', 'banana', 'cherry');
    await planner.apply('pears', { maxTasks: 3 });
    await planner.apply('plums', { maxTasks: 1 });
    await planner.ask({ action: 'pause', connector: 'plums' });
    await run({ connector: 'pears', task: 0 });
    await run({ connector: 'pears', task: 1 }, true);
    const answer = async (request: PlannerRequest) => ({ ok: true as const, result: await planner.ask<unknown>(request) });
    const may = [{ Effect: 'Allow' as const, Action: 'lambda:InvokeFunction', Resource: '*' }];
    lambda = await startLambdaEmulator({ [PLANNER]: answer }, may);
    // With this target metrics say what connectors cost.
    served = startServe(['--port', '0', '--target', 'aws', '--stage', 'test'], {
      ...{ AWS_ENDPOINT_URL_LAMBDA: lambda.url, AWS_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' },
    });
    prometheus = await Prometheus.start(new URL(await served.address).host);
  });
  afterAll(async () => {
    await prometheus?.stop();
    served?.child.kill('SIGTERM');
    await served?.ended;
    await lambda?.close();
    store?.close();
  });

  /** One run as the runtime stores it. */
  async function run(ref: TaskRef, fails = false): Promise<void> {
    const taken = await store.acquire(ref, 'test', Date.now() + 60_000);
    if (taken.outcome !== 'acquired') throw new Error(taken.outcome);
    const endedAt = Date.now();
    const counted: Counters = {
      ...{ invocations: 1, records: 7, bytes: 70, deadLetters: 1, dynamodbRequests: 2 },
      ...{ durationMs: 500, writeUnits: 5, readUnits: 1, failures: fails ? 1 : 0 },
    };
    const summary = {
      ...{ startedAt: endedAt - 500, endedAt, outcome: fails ? ('failed' as const) : ('limit' as const), memoryMb: 1_024 },
      ...{ records: 7, bytes: 70, deadLetters: 1, lagRecords: 12, lagMs: 1_500, stoppedPartitions: 1 },
    };
    const failure: Failure = { code: 'FORBIDDEN', message: 'no', count: 1, at: endedAt, notBefore: 0, fatal: true };
    await store.release(taken.lease, { positions: new Map(), summary, counted, lastRecordAt: endedAt, ...(fails && { failure }) });
  }

  it('are rules that promtool finds nothing wrong with', async () => {
    expect(await promtool(['check', 'rules', RULES])).toEqual({ code: 0, said: expect.stringContaining(`${rules.length} rules found`) });
  });

  it('alerts to what needs somebody, and to nothing else', async () => {
    const { tests, names } = alertCases();
    expect(names).toEqual(rules.map(({ alert }) => alert).toSorted());
    const file = path.join(tmpdir(), `alerts-${randomUUID()}.yml`);
    // JSON is YAML.
    await writeFile(file, JSON.stringify({ rule_files: [RULES], evaluation_interval: '5m', tests }));
    try {
      expect(await promtool(['test', 'rules', file])).toEqual({ code: 0, said: expect.stringContaining('SUCCESS') });
    } finally {
      await rm(file);
    }
  });

  it.each(['own', 'kafka'] as const)(
    'are with metrics in the older format, which are right whatever names and values there are, by %s names',
    async (names) => {
      for (const connectors of fc.sample(measured, { numRuns: 5, seed: 7 })) {
        const { code, said } = await promtool(
          ['check', 'metrics'],
          metricsText(connectors, { names, format: 'prometheus', ...(prices && { prices }) }),
        );
        // Dashboards of Kafka Connect have names that end with this.
        const problems = said.split('\n').filter((line) => line !== '' && !/^kafka_\S+_count non-histogram .* "_count" suffix$/.test(line));
        expect({ code, problems }).toEqual({ code: said === '' ? 0 : 3, problems: [] });
      }
    },
  );

  // It has read twice while the cases above ran.
  describe('with a Prometheus that reads serve', () => {
    beforeAll(async () => {
      // Rates need two readings.
      while ((await prometheus.query('count_over_time(rocketmq_connect_task_records_total[5m]) >= 2')).length === 0) {
        expect(await prometheus.problems()).toEqual([]);
        await sleep(200);
      }
    });
    it('has series for each expression of the dashboard, and for its choice of connectors', async () => {
      const expressions = panels.flatMap(({ title = '', targets = [] }) => targets.map(({ expr }) => [title, expr] as const));
      expect(expressions.length).toBeGreaterThan(15);
      const empty: string[] = [];
      for (const [title, expr] of expressions) {
        // As Grafana does, with All chosen.
        const asked = expr.replaceAll('$connector', '.*').replaceAll('$__rate_interval', '5m');
        const series = await prometheus.query(asked);
        if (series.length === 0 || series.some(({ value }) => value?.[1] === 'NaN')) empty.push(`${title}: ${asked}`);
      }
      expect(empty).toEqual([]);
      expect(await prometheus.labelValues('connector', 'rocketmq_connect_connector_info')).toEqual(['pears', 'plums']);
    });

    it('understands the expression of each rule, and finds what has failed', async () => {
      const found = new Map<string, number>();
      for (const { alert, expr } of rules) found.set(alert, (await prometheus.query(expr)).length);
      expect(Object.fromEntries(found)).toEqual({
        ...Object.fromEntries(rules.map(({ alert }) => [alert, 0])),
        RocketmqConnectTaskFailed: 1,
        RocketmqConnectPartitionsStopped: 2,
        // Both tasks have something left, and their counters have not moved since they were first read.
        RocketmqConnectStalled: 2,
      });
    });

    it('reads each series that serve gives, and no other', async () => {
      const text = await (await fetch(`${await served.address}/metrics`)).text();
      const given = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
      const [read] = await prometheus.query('count({__name__=~"rocketmq_connect_.+"})');
      expect(Number(read?.value?.[1])).toBe(given.length);
    });

    it('reads the older format, too', async () => {
      const answer = await fetch(`${await served.address}/metrics?format=prometheus`);
      expect(answer.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
      expect(await promtool(['check', 'metrics'], await answer.text())).toEqual({ code: 0, said: '' });
    });
  });
});
