import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { silentLogger } from '../../../src/api/index.ts';
import { type LocalTarget, openLocalTarget } from '../../../src/cli/target/local-target.ts';
import { localUser } from '../../../src/cli/target/local-user.ts';
import { createLocalTrigger } from '../../../src/triggers/local.ts';
import type { Statement } from '../../support/aws-rules/policy.ts';
import { uniqueName } from '../../support/names.ts';
import { CALLER_ARN, type LambdaEmulator, startLambdaEmulator } from './lambda-emulator.ts';
import { Workbench } from './workbench.ts';

// Each case starts the command, most of them several times, and other tests share the cores.
jest.setTimeout(900_000);

const PLANNER = 'rocketmq-connect-test-planner';
/** The operator's policy lets one invoke functions with a planner's name. */
const [ABSENT, BROKEN, OTHER] = ['absent', 'broken', 'other'].map((stage) => `rocketmq-connect-${stage}-planner`) as [
  string,
  string,
  string,
];
const POLICY = path.resolve(import.meta.dirname, '../../../infra/operator-policy.json');

describe('the target aws', () => {
  let bench: Workbench;
  let functions: LocalTarget;
  let lambda: LambdaEmulator;

  beforeAll(async () => {
    bench = await Workbench.open();
    process.env.AWS_ENDPOINT_URL_DYNAMODB = bench.addresses.dynamodb;
    functions = await openLocalTarget({
      table: bench.table,
      logger: silentLogger,
      createTrigger: (run, look) => createLocalTrigger({ run, look, concurrency: 4, logger: silentLogger }),
    });
    const { Statement } = JSON.parse(await readFile(POLICY, 'utf8')) as { Statement: Statement[] };
    lambda = await startLambdaEmulator(
      {
        [PLANNER]: (request) => functions.planner.handle(request),
        [BROKEN]: () => Promise.reject(new Error('out of memory')),
        [OTHER]: async () => ({}) as never,
      },
      Statement,
    );
  });
  afterAll(async () => {
    await Promise.all([lambda.close(), functions.close()]);
    delete process.env.AWS_ENDPOINT_URL_DYNAMODB;
    await bench.close();
  });

  const run = (args: readonly string[], env: NodeJS.ProcessEnv = {}) =>
    bench.run([...args, '--target', 'aws'], {
      env: {
        ROCKETMQ_CONNECT_STAGE: 'test',
        AWS_ENDPOINT_URL_LAMBDA: lambda.url,
        AWS_ENDPOINT_URL_STS: lambda.url,
        AWS_REGION: 'eu-central-1',
        AWS_ACCESS_KEY_ID: 'test',
        AWS_SECRET_ACCESS_KEY: 'test',
        ...env,
      },
    });

  it('plans, applies and runs through the planner function', async () => {
    const [from, to] = await Promise.all([bench.kafkaTopic(2), bench.rocketmqTopic()]);
    await bench.produce(from, 100, 2);
    const name = uniqueName('aws');
    const file = await bench.file(`${name}.yml`, bench.connectorFile({ name, from, to }));
    expect(await run(['validate', '--reach', file])).toMatchObject({ code: 0, stderr: '' });
    expect(await run(['plan', file])).toMatchObject({ code: 0, stdout: expect.stringMatching(`^${name}: 2 create`) });
    expect(await run(['apply', file])).toMatchObject({ code: 0, stdout: expect.stringMatching(`^${name}: 2 create`) });
    const { code, stdout } = await run(['run', name, '--until-caught-up', '--json']);
    expect(JSON.parse(stdout)).toMatchObject([
      { task: 0, outcome: 'caught-up', records: 50, invocations: 1 },
      { task: 1, outcome: 'caught-up', records: 50, invocations: 1 },
    ]);
    expect(code).toBe(0);
    expect(await bench.arrived(to)).toBe(100);
    expect(JSON.parse((await run(['runs', name, '--json'])).stdout)).toMatchObject([{ startedBy: 'person' }, { startedBy: 'person' }]);
    expect(await run(['run', name])).toMatchObject({ code: 0, stdout: `${name}: 2 tasks started; see \`status ${name} --watch\`\n` });
  });

  it('keeps who changed a connector, as the caller says', async () => {
    const [from, to] = await Promise.all([bench.kafkaTopic(1), bench.rocketmqTopic()]);
    const name = uniqueName('aws');
    expect(await run(['apply', await bench.file(`${name}.yml`, bench.connectorFile({ name, from, to }))])).toMatchObject({ code: 0 });
    expect(await run(['pause', name], { AWS_ENDPOINT_URL_STS: 'http://127.0.0.1:1' })).toMatchObject({ code: 0 });
    const changes = JSON.parse((await run(['history', name, '--json'])).stdout);
    expect(changes).toMatchObject([
      { action: 'pause', actor: { name: localUser(), claimed: true } },
      { action: 'apply', actor: { name: CALLER_ARN, claimed: true } },
    ]);
    expect((await run(['history', name])).stdout).toContain(`${CALLER_ARN} (as it says)`);
  });

  it('lists, redrives and drops dead letters through the planner function', async () => {
    const [from, to, dead] = await Promise.all([bench.kafkaTopic(1), bench.rocketmqTopic(), bench.rocketmqTopic()]);
    await bench.kafka.produce(from, [{ partition: 0, key: null, value: Buffer.alloc(100_000, 'x') }]);
    const name = uniqueName('aws');
    const content = `${bench.connectorFile({ name, from, to })}  maxMessageBytes: 64KiB
errors:
  tolerance: dead-letter
  deadLetterTopic: ${dead}
`;
    expect(await run(['apply', await bench.file(`${name}.yml`, content), '--run'])).toMatchObject({ code: 0 });
    const { stdout } = await run(['dlq', 'list', name, '--json']);
    const { letters } = JSON.parse(stdout);
    expect(letters).toMatchObject([{ record: `${from}-0@0`, omitted: 'value', state: 'open' }]);
    expect(JSON.parse((await run(['dlq', 'show', name, letters[0].place, '--json'])).stdout)).toMatchObject(letters[0]);
    expect(await run(['dlq', 'redrive', name, '--all', '--yes'])).toMatchObject({
      code: 1,
      stdout: `${name}: 0 redriven, 1 can't be redriven\n`,
    });
    expect(await run(['dlq', 'drop', name, '--all', '--yes'])).toMatchObject({ code: 0, stdout: `${name}: 1 dropped\n` });
    const changes = JSON.parse((await run(['history', name, '--limit', '2', '--json'])).stdout);
    expect(changes).toMatchObject([
      { action: 'drop', state: 'done', details: { letters: 1 } },
      { action: 'redrive', state: 'done', details: { letters: 0 } },
    ]);
  });

  it('shows what the planner finds with its place in the file', async () => {
    const file = await bench.file('absent.yml', bench.connectorFile({ name: uniqueName('absent'), from: 'nowhere', to: 'nowhere' }));
    const { code, stderr } = await run(['apply', file]);
    expect(stderr).toMatch(
      /^(?:warning .*: UNREACHABLE: .*: in a function on AWS, 127\.0\.0\.1 is the function itself, .*\n){2}.*absent\.yml:6:3: NOT_FOUND: source\.topics: topic nowhere .*\n.*absent\.yml:9:3: NOT_FOUND: rocketmq\.topic: .*\n$/,
    );
    expect(code).toBe(1);
  });

  it.each<[string, string[], NodeJS.ProcessEnv, RegExp]>([
    [
      'a function that does not exist',
      ['--function', ABSENT],
      {},
      /^NOT_FOUND: function \S+-absent-planner does not exist; deploy it, or set --stage, --function or --region\n$/,
    ],
    [
      'a function that fails',
      ['--function', BROKEN],
      {},
      /^INTERNAL: function \S+-broken-planner failed: out of memory; see its log group, \/aws\/lambda\/\S+-broken-planner\n$/,
    ],
    [
      'a function that is no planner',
      ['--function', OTHER],
      {},
      /^WRONG_KIND: function \S+-other-planner does not answer as a planner; set --function to the planner\n$/,
    ],
    [
      'a function that the operator may not invoke',
      ['--function', 'rocketmq-connect-test-task'],
      {},
      /^FORBIDDEN: function rocketmq-connect-test-task: .*lambda:InvokeFunction.*; allow this action in the IAM policy of the role in use\n$/,
    ],
    ['an address that nothing listens at', [], { AWS_ENDPOINT_URL_LAMBDA: 'http://127.0.0.1:1' }, /^UNREACHABLE: function .*; .*\n$/],
  ])('%s is explained in one line', async (_, args, env, stderr) => {
    expect(await run(['list', ...args], env)).toEqual({ code: 1, stdout: '', stderr: expect.stringMatching(stderr) });
  });

  it('needs a region', async () => {
    expect(await run(['list'], { AWS_REGION: undefined })).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(
        /^CONFIG_INVALID: .*; pass --region, set AWS_REGION, or give the profile a region in ~\/\.aws\/config\n$/,
      ),
    });
  });
});
