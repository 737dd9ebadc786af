import { beforeAll, expect, it } from '@jest/globals';
import { EXPIRES_AT, TABLE_DEFINITION } from '../../../src/store/dynamodb/table-definition.ts';
import { DeployedResources } from './deployed-resources.ts';
import type { Deployment } from './deployment.ts';
import { Template } from './template.ts';

const KMS_VIA = { StringEquals: { 'kms:ViaService': expect.any(Array) } };

const secretsOf = (stage: string) => [`secretsmanager secret:rocketmq-connect/${stage}/*`, `ssm parameter/rocketmq-connect/${stage}/*`];

/** What a deployment creates on AWS. `taskTimeout`: its parameter, in seconds. */
export function resourceCases(deployed: () => Deployment, taskTimeout: number): void {
  let deployment: Deployment;
  let resources: DeployedResources;
  let template: Template;

  beforeAll(async () => {
    deployment = deployed();
    resources = new DeployedResources(deployment);
    template = await Template.read(deployment.service.folder);
  });

  it('has the table that the store expects, kept on removal, with point-in-time recovery and expiry', async () => {
    expect(await resources.table()).toMatchObject({
      KeySchema: TABLE_DEFINITION.KeySchema,
      AttributeDefinitions: TABLE_DEFINITION.AttributeDefinitions,
      BillingModeSummary: { BillingMode: TABLE_DEFINITION.BillingMode },
    });
    expect(template.resource('Table')).toMatchObject({
      DeletionPolicy: 'Retain',
      Properties: {
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        TimeToLiveSpecification: { AttributeName: EXPIRES_AT, Enabled: true },
      },
    });
  });

  it('hides a task message for six times the timeout and gives it up after five attempts', async () => {
    const { VisibilityTimeout, RedrivePolicy } = await resources.queue('tasks');
    expect(VisibilityTimeout).toBe(String(6 * taskTimeout));
    expect(JSON.parse(RedrivePolicy ?? '')).toMatchObject({
      deadLetterTargetArn: (await resources.queue('tasks-dead')).QueueArn,
      maxReceiveCount: 5,
    });
  });

  it('hands the task function one message at a time, and only as many at once as the sources bear', async () => {
    expect(await resources.mappings()).toMatchObject([
      { BatchSize: 1, FunctionResponseTypes: ['ReportBatchItemFailures'], ScalingConfig: { MaximumConcurrency: 50 } },
    ]);
  });

  it('keeps starts that come directly and can not be served as dead letters, and lets chains of continuations run', () => {
    expect(template.resource('TaskLambdaEvConf').Properties).toMatchObject({
      MaximumRetryAttempts: 2,
      DestinationConfig: { OnFailure: { Destination: { 'Fn::GetAtt': ['TaskDeadLetterQueue', 'Arn'] } } },
    });
    expect(template.resource('TaskLambdaFunction').Properties).toMatchObject({
      RecursiveLoop: 'Allow',
      Architectures: ['arm64'],
      Runtime: 'nodejs24.x',
      Timeout: taskTimeout,
    });
  });

  it('lets a task keep state, continue, read secrets and log, nothing else', () => {
    expect(template.grants('TaskRole')).toEqual([
      {
        actions: ['dynamodb:GetItem'],
        on: ['Table.Arn'],
        condition: { 'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': ['connectors'] } },
      },
      {
        actions: ['dynamodb:GetItem'],
        on: ['Table.Arn'],
        condition: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['specs#*'] } },
      },
      {
        actions: ['dynamodb:Query', 'dynamodb:UpdateItem', 'dynamodb:DeleteItem'],
        on: ['Table.Arn'],
        condition: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['connector#*'] } },
      },
      {
        actions: ['dynamodb:UpdateItem'],
        on: ['Table.Arn'],
        condition: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['parked#*'] } },
      },
      {
        actions: ['dynamodb:PutItem'],
        on: ['Table.Arn'],
        condition: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['runs#*'] } },
      },
      { actions: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes', 'sqs:SendMessage'], on: ['TaskQueue.Arn'] },
      { actions: ['sqs:SendMessage'], on: ['TaskDeadLetterQueue.Arn'] },
      { actions: ['logs:CreateLogStream', 'logs:PutLogEvents'], on: ['TaskLogGroup.Arn'] },
      { actions: ['secretsmanager:GetSecretValue', 'ssm:GetParameter'], on: secretsOf(deployment.stage) },
      { actions: ['kms:Decrypt'], on: ['SecretsKeyArn'], condition: KMS_VIA, only: 'HasSecretsKey' },
      { actions: expect.arrayContaining(['ec2:CreateNetworkInterface']), on: ['*'], only: 'InVpc' },
      { actions: expect.arrayContaining(['ec2:*NetworkInterface*']), on: ['*'], condition: expect.anything(), only: 'InVpc' },
    ]);
  });

  it('lets the planner keep state and schedules, hand on one role, start tasks, read secrets and log, nothing else', () => {
    expect(template.grants('PlannerRole')).toEqual([
      {
        actions: ['GetItem', 'PutItem', 'UpdateItem', 'DeleteItem', 'BatchWriteItem', 'Query'].map((action) => `dynamodb:${action}`),
        on: ['Table.Arn'],
      },
      {
        actions: ['CreateSchedule', 'UpdateSchedule', 'DeleteSchedule'].map((action) => `scheduler:${action}`),
        on: [`scheduler schedule/\${ScheduleGroup}/*`],
      },
      { actions: ['scheduler:ListSchedules'], on: ['*'] },
      {
        actions: ['iam:PassRole'],
        on: ['SchedulerRole.Arn'],
        condition: { StringEquals: { 'iam:PassedToService': 'scheduler.amazonaws.com' } },
      },
      { actions: ['sqs:SendMessage'], on: ['TaskQueue.Arn'] },
      { actions: ['logs:CreateLogStream', 'logs:PutLogEvents'], on: ['PlannerLogGroup.Arn'] },
      { actions: ['secretsmanager:GetSecretValue', 'ssm:GetParameter'], on: secretsOf(deployment.stage) },
      { actions: ['kms:Decrypt'], on: ['SecretsKeyArn'], condition: KMS_VIA, only: 'HasSecretsKey' },
      { actions: expect.arrayContaining(['ec2:CreateNetworkInterface']), on: ['*'], only: 'InVpc' },
      { actions: expect.arrayContaining(['ec2:*NetworkInterface*']), on: ['*'], condition: expect.anything(), only: 'InVpc' },
    ]);
  });

  it('lets a look read connectors and tasks, start tasks, change intervals of schedules, read secrets and log, and write nothing to the table', () => {
    expect(template.grants('WatchRole')).toEqual([
      {
        actions: ['dynamodb:GetItem'],
        on: ['Table.Arn'],
        condition: { 'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': ['connectors'] } },
      },
      {
        actions: ['dynamodb:Query'],
        on: ['Table.Arn'],
        condition: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['connector#*'] } },
      },
      { actions: ['sqs:SendMessage'], on: ['TaskQueue.Arn'] },
      { actions: ['sqs:SendMessage'], on: ['TaskDeadLetterQueue.Arn'] },
      { actions: ['logs:CreateLogStream', 'logs:PutLogEvents'], on: ['WatchLogGroup.Arn'] },
      { actions: ['secretsmanager:GetSecretValue', 'ssm:GetParameter'], on: secretsOf(deployment.stage) },
      { actions: ['kms:Decrypt'], on: ['SecretsKeyArn'], condition: KMS_VIA, only: 'HasSecretsKey' },
      { actions: expect.arrayContaining(['ec2:CreateNetworkInterface']), on: ['*'], only: 'InVpc' },
      { actions: expect.arrayContaining(['ec2:*NetworkInterface*']), on: ['*'], condition: expect.anything(), only: 'InVpc' },
      {
        actions: ['scheduler:GetSchedule', 'scheduler:UpdateSchedule'],
        on: [`scheduler schedule/\${ScheduleGroup}/*`],
      },
      {
        actions: ['iam:PassRole'],
        on: ['SchedulerRole.Arn'],
        condition: { StringEquals: { 'iam:PassedToService': 'scheduler.amazonaws.com' } },
      },
    ]);
  });

  it('takes a look that failed once more, and keeps it as a dead letter in the end', () => {
    expect(template.resource('WatchLambdaEvConf').Properties).toMatchObject({
      MaximumRetryAttempts: 2,
      DestinationConfig: { OnFailure: { Destination: { 'Fn::GetAtt': ['TaskDeadLetterQueue', 'Arn'] } } },
    });
    expect(template.resource('WatchLambdaFunction').Properties).toMatchObject({ MemorySize: 256 });
  });

  it('lets schedules have looks taken, and those of earlier versions start tasks, nothing else', () => {
    expect(template.grants('SchedulerRole')).toEqual([
      { actions: ['lambda:InvokeFunction'], on: ['WatchLambdaFunction.Arn'] },
      { actions: ['sqs:SendMessage'], on: ['TaskQueue.Arn'] },
    ]);
  });

  it('keeps logs for thirty days', async () => {
    const group = `/aws/lambda/${deployment.name}`;
    expect(await resources.logRetention()).toEqual({ [`${group}-planner`]: 30, [`${group}-task`]: 30, [`${group}-watch`]: 30 });
  });

  it('raises alarms on failed tasks, stale tasks, stalled connectors, errors of planner and looks, failed plans, dying or dropped invocations, dead-lettered records and dead letters of the queue', () => {
    const alarms = template.ofType('AWS::CloudWatch::Alarm').map(({ Properties }) => Properties);
    expect(alarms.map(({ Namespace, MetricName }) => `${Namespace} ${MetricName}`)).toEqual([
      'RocketMQConnect failedTasks',
      'RocketMQConnect staleTasks',
      'RocketMQConnect stalledConnectors',
      'AWS/Lambda Errors',
      'AWS/Lambda Errors',
      'RocketMQConnect failedPlans',
      'AWS/Lambda Errors',
      'AWS/Lambda Throttles',
      'AWS/Lambda AsyncEventsDropped',
      'RocketMQConnect deadLetters',
      'AWS/SQS ApproximateNumberOfMessagesVisible',
    ]);
    for (const { Dimensions } of alarms.filter(({ Namespace }) => Namespace === 'RocketMQConnect'))
      expect(Dimensions).toEqual([{ Name: 'service', Value: deployment.name }]);
  });
}
