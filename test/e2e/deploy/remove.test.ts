import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { LambdaClient, ListFunctionsCommand } from '@aws-sdk/client-lambda';
import { ListScheduleGroupsCommand, SchedulerClient } from '@aws-sdk/client-scheduler';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { functionsArchive } from '../../../infra/serverless/bundle/functions-archive.ts';
import { Deployment } from './deployment.ts';
import { RESOURCE_ACTIONS } from './resource-actions.ts';
import { Service } from './service.ts';
import { Template } from './template.ts';
import { updateCases } from './update-cases.ts';

const POLICY = path.resolve(import.meta.dirname, '../../../infra/deployer-policy.json');
/** What deployments ask for in situations that this one is not in. */
const RARELY = ['CreateStack', 'UpdateStack', 'DeleteChangeSet', 'TagResource', 'UntagResource'].map((name) => `cloudformation:${name}`);

interface Policy {
  readonly Statement: ReadonlyArray<{ readonly Action: readonly string[] }>;
}

// One deployment lives from its first day to its last, because each `sls deploy` takes many seconds of processor time.
let deployment: Deployment;

beforeAll(async () => {
  const archive = await functionsArchive((text) => process.emitWarning(text));
  deployment = await Deployment.prepare(await Service.createWith(archive));
  await deployment.writeConnector({ name: 'orders', maxTasks: 2, schedule: 'rate(5 minutes)' });
  await deployment.deploy('--param=tags=team=data,cost-centre=42');
}, 900_000);

afterAll(() => deployment?.clean(), 300_000);

describe('a deployed stack', () => {
  it('has the tags of its deployment, and hands them on', async () => {
    const client = new CloudFormationClient(deployment.cloud.moto.clientConfig);
    const { Stacks = [] } = await client.send(new DescribeStacksCommand({ StackName: deployment.name }));
    client.destroy();
    expect(Stacks[0]?.Tags).toEqual(
      expect.arrayContaining([
        { Key: 'team', Value: 'data' },
        { Key: 'cost-centre', Value: '42' },
      ]),
    );
  });

  updateCases(() => deployment);
});

describe('sls remove', () => {
  let allowed: string[];

  beforeAll(async () => {
    const policy: Policy = JSON.parse(await readFile(POLICY, 'utf8'));
    allowed = policy.Statement.flatMap(({ Action }) => Action);
  });

  it('leaves no schedule and no function behind, but the table with its positions', async () => {
    const { code, output } = await deployment.sls('remove');
    expect({ code, output }).toEqual({ code: 0, output: expect.stringMatching(/2 schedules deleted/) });
    expect(output).toMatch(/Table \S+ is kept with every position; a deployment of this stage uses it again/);

    const { clientConfig } = deployment.cloud.moto;
    const scheduler = new SchedulerClient(clientConfig);
    const { ScheduleGroups = [] } = await scheduler.send(new ListScheduleGroupsCommand());
    expect(ScheduleGroups.map(({ Name }) => Name)).toEqual(['default']);
    scheduler.destroy();
    const lambda = new LambdaClient(clientConfig);
    expect((await lambda.send(new ListFunctionsCommand())).Functions).toEqual([]);
    lambda.destroy();
    const dynamodb = new DynamoDBClient(clientConfig);
    expect((await dynamodb.send(new DescribeTableCommand({ TableName: deployment.name }))).Table?.TableStatus).toBe('ACTIVE');
    dynamodb.destroy();
  }, 600_000);

  it('lets the next deployment use the table that it kept, with all connectors', async () => {
    const output = await deployment.deploy();
    expect(output).toMatch(/Table \S+ already exists\. The stack uses it as it is, with every position, and the table outlives the stack/);
    expect(output).toMatch(/orders: .*2 keep/);
    const template = await Template.read(deployment.service.folder);
    expect(template.ofType('AWS::DynamoDB::Table')).toEqual([]);
    expect(template.grants('TaskRole')[0]?.on).toEqual([`dynamodb table/${deployment.name}`]);
    await deployment.deploy();
  }, 900_000);

  it('asked AWS, like each deployment, for nothing that the deployer’s policy does not allow', () => {
    expect([...new Set(deployment.cloud.aws.actions)].filter((action) => !allowed.includes(action))).toEqual([]);
  });

  it('needs, like each deployment, nothing for any resource that the deployer’s policy does not allow', async () => {
    const { resources } = await Template.read(deployment.service.folder);
    const types = new Set([...Object.values(resources).map(({ Type }) => Type), 'AWS::DynamoDB::Table']);
    const needed = [...types].flatMap((type) => RESOURCE_ACTIONS[type] ?? [`no actions are known of ${type}`]);
    expect(needed.filter((action) => !allowed.includes(action))).toEqual([]);
  });

  it('finds in the deployer’s policy no more than AWS takes, and nothing that it does not need', async () => {
    expect(JSON.stringify(JSON.parse(await readFile(POLICY, 'utf8'))).length).toBeLessThanOrEqual(6_144);
    const needed = new Set([...Object.values(RESOURCE_ACTIONS).flat(), ...deployment.cloud.aws.actions, ...RARELY]);
    expect(allowed.filter((action) => !needed.has(action))).toEqual([]);
  });
});
