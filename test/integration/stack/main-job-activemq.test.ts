import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { type Dataset, openDataset } from '../../../infra/local/main-job/flights/dataset.ts';
import { mainJob } from '../../../infra/local/main-job/main-job.ts';
import { activemqSystem } from '../../../infra/local/main-job/sources/activemq.ts';
import { RocketmqAdmin } from '../../../infra/local/rocketmq-admin/rocketmq-admin.ts';
import type { StackAddresses } from '../../../infra/local/stack.ts';
import type { Output } from '../../../src/cli/terminal/output.ts';
import { uniqueName } from '../../support/names.ts';
import { stackAddresses } from '../../support/stack.ts';

jest.setTimeout(900_000);

const ROWS = 400;
const name = uniqueName('main-job');
let addresses: StackAddresses;
let rocketmq: RocketmqAdmin;
let dataset: Dataset;
let dataDir: string;
beforeAll(async () => {
  addresses = await stackAddresses();
  rocketmq = await RocketmqAdmin.open(addresses.rocketmqNamesrv);
  dataDir = await mkdtemp(join(tmpdir(), 'main-job-'));
  const whole = (await openDataset('flights-200k')).messages();
  const { value: rows } = await whole[Symbol.asyncIterator]().next();
  dataset = {
    name: 'flights',
    rows: ROWS,
    async *messages() {
      yield (rows ?? []).slice(0, ROWS);
    },
  };
});
afterAll(async () => {
  await rocketmq?.deleteTopic(name);
  rocketmq?.close();
  await rm(dataDir, { recursive: true, force: true });
});

/** Returns the exit code and what was printed as results. */
async function run(): Promise<{ readonly code: number; readonly results: readonly string[] }> {
  const results: string[] = [];
  const nothing = () => {};
  const output = {
    result: (text: string) => results.push(text),
    problem: (text: string) => results.push(text),
    progress: nothing,
    note: nothing,
    logger: { debug: nothing, info: nothing, warn: nothing, error: nothing },
  } as unknown as Output;
  const { rocketmqEndpoints, dynamodb } = addresses;
  const own = { CONNECT_ROCKETMQ_ENDPOINTS: rocketmqEndpoints, AWS_ENDPOINT_URL_DYNAMODB: dynamodb };
  const environment = { ...activemqSystem.environment(addresses), ...own };
  Object.assign(process.env, environment);
  const source = await activemqSystem.open(addresses, dataDir);
  const job = { dataset, command: 'npm start', back: true, system: activemqSystem, source, name, rocketmq, environment, output };
  try {
    return { code: await mainJob({ ...job, signal: new AbortController().signal }), results };
  } finally {
    await source.close();
  }
}

it('copies records of ActiveMQ back into a queue, and compares what it takes out of it; a second time it claims nothing', async () => {
  const { code, results } = await run();
  const passed = results.filter((text) => text.startsWith(`Check passed: ${ROWS} of ${ROWS} records`));
  expect(passed).toHaveLength(2);
  expect(passed[1]).toContain(`This comparison took them out of queue ${name}-copy.`);
  expect(code).toBe(0);
  const again = await run();
  expect(again.results).toContainEqual(expect.stringMatching(`^There is nothing to compare in queue ${name}-copy: `));
  expect(again.code).toBe(0);
});
