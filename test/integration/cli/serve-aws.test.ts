import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { fitting } from '../../../functions/fitting-answer.ts';
import { silentLogger } from '../../../src/api/index.ts';
import { type LocalTarget, openLocalTarget } from '../../../src/cli/target/local-target.ts';
import type { HistoryResult, PlannerRequest, PlannerResponse } from '../../../src/runtime/planner-api.ts';
import type { Statement } from '../../support/aws-rules/policy.ts';
import { CALLER_ARN, type LambdaEmulator, startLambdaEmulator } from './lambda-emulator.ts';
import { type ServeProcess, startServe } from './serve-process.ts';
import { Workbench } from './workbench.ts';

// Each case asks real servers, and other tests share the cores.
jest.setTimeout(900_000);

const PROJECT = path.resolve(import.meta.dirname, '../../..');
const PLANNER = 'rocketmq-connect-test-planner';
/** The planner's answers have room for one connector, and the next one comes on another page. */
const PAGE_BYTES = 1_500;

describe('serve --target aws', () => {
  let bench: Workbench;
  let planner: LocalTarget;
  let lambda: LambdaEmulator;
  let served: ServeProcess;
  let url: string;
  const asked: PlannerRequest[] = [];

  beforeAll(async () => {
    bench = await Workbench.open();
    process.env.AWS_ENDPOINT_URL_DYNAMODB = bench.addresses.dynamodb;
    planner = await openLocalTarget({ table: bench.table, logger: silentLogger });
    const { Statement } = JSON.parse(await readFile(path.join(PROJECT, 'infra/operator-policy.json'), 'utf8')) as {
      Statement: Statement[];
    };
    lambda = await startLambdaEmulator(
      {
        [PLANNER]: async (request) => {
          asked.push(request);
          return fitting(await planner.planner.handle(request), PAGE_BYTES);
        },
      },
      Statement,
    );
    served = startServe(['--port', '0', '--target', 'aws', '--stage', 'test'], {
      AWS_ENDPOINT_URL_LAMBDA: lambda.url,
      AWS_ENDPOINT_URL_STS: lambda.url,
      AWS_REGION: 'eu-central-1',
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
    });
    url = await served.address;
  });
  afterAll(async () => {
    served?.child.kill('SIGTERM');
    await served?.ended;
    await lambda?.close();
    await planner?.close();
    delete process.env.AWS_ENDPOINT_URL_DYNAMODB;
    await bench?.close();
  });

  const put = async (name: string, from: string, to: string) => {
    const config = {
      ...{ 'connector.class': 'kafka-source', 'source.bootstrapServers': bench.addresses.kafka, 'source.topics': from },
      ...{ 'rocketmq.endpoints': bench.addresses.rocketmqNamesrv, 'rocketmq.topic': to },
    };
    return fetch(`${url}/connectors/${name}/config`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(config),
    });
  };

  const historyOf = async (connector: string) => {
    const response = (await planner.planner.handle({ action: 'history', connector })) as PlannerResponse<HistoryResult>;
    return response.ok ? response.result.changes : [];
  };

  /** Runs the commands of a page as its reader does, but for the addresses and topics of this test. Returns the status of each answer. */
  async function run(commands: string): Promise<number[]> {
    const script = `curl() { command curl --fail-with-body --write-out '\\nstatus %{http_code}\\n' "$@"; }\nset -e\n${commands}`;
    const { stdout } = await promisify(execFile)('bash', ['-c', script]);
    return [...stdout.matchAll(/^status (\d+)$/gm)].map(([, status]) => Number(status));
  }

  it('names the planner function, and answers metrics with what connectors cost', async () => {
    expect(await (await fetch(url)).json()).toMatchObject({ kafka_cluster_id: PLANNER });
    expect(await (await fetch(`${url}/health`)).json()).toMatchObject({ status: 'healthy' });
    expect((await fetch(`${url}/metrics`)).status).toBe(200);
  });

  it('runs each command of its page, and the history says who that was', async () => {
    const [from, to] = await Promise.all([bench.kafkaTopic(2), bench.rocketmqTopic()]);
    const page = await readFile(path.join(PROJECT, 'docs/rest-api.md'), 'utf8');
    const blocks = [...page.matchAll(/```sh\n(.*?)```/gs)].map(([, text = '']) => text).filter((text) => text.includes('curl'));
    expect(blocks).toHaveLength(1);
    const commands = Object.entries({
      'http://127.0.0.1:8083': url,
      '127.0.0.1:9092': bench.addresses.kafka,
      '127.0.0.1:9876': bench.addresses.rocketmqNamesrv,
      '"source.topics": "flights"': `"source.topics": "${from}"`,
      '"rocketmq.topic": "flights"': `"rocketmq.topic": "${to}"`,
      'flights-0': `${from}-0`,
    }).reduce((text, [theirs, ours]) => {
      expect(text).toContain(theirs);
      return text.replace(theirs, ours);
    }, blocks[0] as string);
    expect(await run(commands)).toEqual([201, 200, 200, 204, 200, 202, 204]);
    expect(await historyOf('departures')).toMatchObject(
      ['delete', 'resume', 'alter-offsets', 'stop', 'apply'].map((action) => ({ action, actor: { name: CALLER_ARN } })),
    );
    expect((await fetch(`${url}/connectors/departures`)).status).toBe(404);
  });

  it('lists connectors of which the planner gives one at a time', async () => {
    const [from, to] = await Promise.all([bench.kafkaTopic(1), bench.rocketmqTopic()]);
    const names = ['pages-a', 'pages-b', 'pages-c'];
    for (const name of names) expect((await put(name, from, to)).status).toBe(201);
    asked.length = 0;
    expect(await (await fetch(`${url}/connectors`)).json()).toEqual(names);
    expect(asked).toEqual([undefined, 'pages-b', 'pages-c'].map((from) => ({ action: 'overview', ...(from && { from }) })));
    expect(Object.keys((await (await fetch(`${url}/connectors?expand=info`)).json()) as object)).toEqual(names);
    for (const name of names) expect((await fetch(`${url}/connectors/${name}`, { method: 'DELETE' })).status).toBe(204);
  });

  it('passes on what the planner refuses, and what the caller may not do', async () => {
    const refused = await put('absent', 'no-such-topic', 'no-such-topic');
    expect({ status: refused.status, body: await refused.json() }).toEqual({
      status: 400,
      body: { error_code: 400, message: expect.stringContaining('source.topics: topic no-such-topic') },
    });
    const other = startServe(['--port', '0', '--target', 'aws', '--function', 'rocketmq-connect-test-task'], {
      ...{ AWS_ENDPOINT_URL_LAMBDA: lambda.url, AWS_REGION: 'eu-central-1', AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' },
    });
    const answer = await fetch(`${await other.address}/connectors`);
    expect({ status: answer.status, body: await answer.json() }).toEqual({
      status: 403,
      body: { error_code: 403, message: expect.stringContaining('lambda:InvokeFunction') },
    });
    other.child.kill('SIGTERM');
    expect((await other.ended).code).toBe(0);
  });
});
