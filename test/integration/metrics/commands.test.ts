import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ConnectorCost } from '../../../src/cost/connector-costs.ts';
import { plus } from '../../../src/store/counters.ts';
import type { ConnectStore } from '../../../src/store/store.ts';
import { FruitPlanner } from '../../support/fruit-planner.ts';
import { parseOpenmetrics } from '../../support/parse-openmetrics.ts';
import { openTestStore } from '../../support/pipeline.ts';
import { promtool } from '../../support/prometheus.ts';
import { stackAddresses } from '../../support/stack.ts';

const COMMAND = process.env.TEST_COMMAND ?? path.resolve(import.meta.dirname, '../../../bin/rocketmq-connect.js');
const HOUR = 3_600_000;
/** With 512 MiB: 10 s and 5 write units. */
const USAGE = { invocations: 1, records: 500, bytes: 900, deadLetters: 0, dynamodbRequests: 4, durationMs: 10_000, writeUnits: 5 };
const DURATION = 5 * 0.0000133334;
const OTHERS = 0.2e-6 + 5 * 0.625e-6 + 3 * 0.4e-6 + 1_400 * 0.5e-9;

describe('a person who asks what connectors do and cost', () => {
  let store: ConnectStore;
  let folder: string;
  let env: NodeJS.ProcessEnv;
  beforeAll(async () => {
    const addresses = await stackAddresses();
    const opened = await openTestStore(addresses);
    store = opened.store;
    folder = await mkdtemp(path.join(tmpdir(), 'cost-'));
    env = { PATH: process.env.PATH, AWS_ENDPOINT_URL_DYNAMODB: addresses.dynamodb, ROCKETMQ_CONNECT_TABLE: opened.table };
    const planner = new FruitPlanner(store);
    planner.shows('apple', 'banana');
    for (const name of ['pears', 'plums']) await planner.apply(name, { maxTasks: 2 });
    const ref = { connector: 'pears', task: 0 };
    const taken = await store.acquire(ref, 'test', Date.now() + HOUR);
    if (taken.outcome !== 'acquired') throw new Error(taken.outcome);
    const endedAt = Date.now() - HOUR;
    const times = { startedAt: endedAt - 10_000, endedAt, memoryMb: 512 };
    const summary = { ...times, outcome: 'caught-up' as const, records: 500, bytes: 900, deadLetters: 0 };
    await store.release(taken.lease, { positions: new Map(), summary, counted: USAGE });
    await store.putRun(ref, { ...summary, usage: USAGE, total: plus(taken.item.counters, USAGE) });
  });
  afterAll(async () => {
    store?.close();
    if (folder !== undefined) await rm(folder, { recursive: true });
  });

  const command = (...args: string[]) => promisify(execFile)(process.execPath, [COMMAND, ...args], { cwd: folder, env });

  it('reads the cost by connector and by part, and that nothing is billed on this machine', async () => {
    const { stdout, stderr } = await command('cost');
    expect(stdout).toMatch(/^CONNECTOR +RUNS +LOOKS +DURATION +REQUESTS +DYNAMODB +SQS +SCHEDULER +LOGS +ALL, \$\n/);
    expect(stdout).toMatch(/^pears +1 +0 +0\.000067 +0\.0000002 +0\.0000031 +0\.0000012 +0 +0\.0000007 +0\.000072$/m);
    expect(stdout).toMatch(/^plums +0( +0)+$/m);
    expect(stdout).toMatch(/^all +1 /m);
    expect(stderr).toMatch('these runs cost nothing on this machine; so much they would have cost on AWS, in us-east-1');
  });

  it('takes it as JSON, of the last days, at prices of one’s own', async () => {
    const json = async (...args: string[]): Promise<ConnectorCost[]> =>
      JSON.parse((await command('cost', 'pears', ...args, '--json')).stdout);
    const [cost] = await json('--days', '1');
    expect(cost).toMatchObject({
      connector: 'pears',
      region: 'us-east-1',
      billed: false,
      memoryMb: 512,
      usage: { invocations: 1, records: 500 },
    });
    expect(cost?.parts.duration).toBeCloseTo(DURATION, 12);
    expect(cost?.dollars).toBeCloseTo(DURATION + OTHERS, 12);
    const prices = path.join(folder, 'prices.json');
    const own = { lambdaGbSecond: 1, lambdaMillionRequests: 0, dynamodbMillionWriteUnits: 0, dynamodbMillionReadUnits: 0 };
    await writeFile(
      prices,
      JSON.stringify({ here: { ...own, sqsMillionRequests: 0, schedulerMillion: 0, schedulerFreeMillions: 0, logsGb: 0 } }),
    );
    expect(await json('--prices', prices)).toMatchObject([{ region: 'here', dollars: 5 }]);
    expect(JSON.parse((await command('runs', 'pears', '--prices', prices, '--json')).stdout)).toMatchObject([{ dollars: 5 }]);
    await writeFile(prices, '{ here: { lambdaGbSecond: cheap } }');
    await expect(json('--prices', prices)).rejects.toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/here\.lambdaGbSecond is no price/),
    });
  });

  it('sees what each run cost', async () => {
    expect((await command('runs', 'pears')).stdout).toMatch(/ 0\.000072/);
    const [run] = JSON.parse((await command('runs', 'pears', '--json')).stdout);
    expect(run).toMatchObject({ task: 0, records: 500, usage: { writeUnits: 5 } });
    expect(run.dollars).toBeCloseTo(DURATION + OTHERS, 12);
    expect(run).not.toHaveProperty('total');
  });

  it('gets metrics that node exporter reads, which knows the older format only', async () => {
    const { stdout } = await command('metrics');
    expect(stdout).toContain(
      '# TYPE rocketmq_connect_task_records_total counter\nrocketmq_connect_task_records_total{connector="pears",task="0"} 500\n',
    );
    expect(stdout).toContain('# TYPE rocketmq_connect_connector_info gauge\n');
    expect(await promtool(['check', 'metrics'], stdout)).toEqual({ code: 0, said: '' });
  });

  it('gets metrics that Prometheus reads', async () => {
    for (const names of ['own', 'kafka']) {
      const families = await parseOpenmetrics((await command('metrics', '--names', names, '--format', 'openmetrics')).stdout);
      const records = families.flatMap((family) => family.samples).filter(({ name }) => /task_records_total|write_total/.test(name));
      expect(records.map(({ labels, value }) => [labels.connector, labels.task, value])).toEqual([
        ...[
          ['pears', '0', 500],
          ['pears', '1', 0],
          ['plums', '0', 0],
          ['plums', '1', 0],
        ],
      ]);
    }
  });
});
