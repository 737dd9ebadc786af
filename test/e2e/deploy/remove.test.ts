import { DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { LambdaClient, ListFunctionsCommand } from '@aws-sdk/client-lambda';
import { ListScheduleGroupsCommand, SchedulerClient } from '@aws-sdk/client-scheduler';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Deployment } from './deployment.ts';

describe('sls remove', () => {
  let deployment: Deployment;

  beforeAll(async () => {
    deployment = await Deployment.prepare();
    await deployment.writeConnector({ name: 'orders', maxTasks: 2, schedule: 'rate(5 minutes)' });
    await deployment.deploy();
  }, 300_000);

  afterAll(() => deployment.clean(), 60_000);

  it('leaves no schedule and no function behind, but the table with its positions', async () => {
    const { code, output } = await deployment.sls('remove');
    expect({ code, output }).toEqual({ code: 0, output: expect.stringMatching(/2 schedules deleted/) });
    expect(output).toMatch(/Table \S+ is kept with every position/);

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
  }, 120_000);
});
