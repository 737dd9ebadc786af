import { GetScheduleCommand, ListSchedulesCommand, SchedulerClient } from '@aws-sdk/client-scheduler';
import { DeleteMessageCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Deployment } from './deployment.ts';
import type { FunctionProcess } from './function-process.ts';
import { addQueueConnectors, queueSourceCases } from './queue-source-cases.ts';
import type { QueueSystem } from './queue-systems.ts';
import { resourceCases } from './resource-cases.ts';

// Functions start as processes of their own, and other tests share the cores.
jest.setTimeout(900_000);

const PER_PARTITION = 250;
/** In seconds, and not the default. */
const TASK_TIMEOUT = 360;

let deployment: Deployment;
let systems: ReadonlyMap<string, QueueSystem>;
let printed: string;

// One deployment is for all cases, because each takes many seconds of processor time.
beforeAll(async () => {
  deployment = await Deployment.prepare();
  await deployment.writeConnector({ name: 'orders', maxTasks: 2, schedule: 'rate(5 minutes)' });
  await deployment.writeConnector({ name: 'quiet', maxTasks: 1, source: deployment.quietTopic });
  await deployment.writeConnector({ name: 'kafka-source', maxTasks: 1 });
  await deployment.produce(PER_PARTITION);
  systems = await addQueueConnectors(deployment);
  printed = await deployment.deploy(`--param=taskTimeout=${TASK_TIMEOUT}`);
}, 900_000);

afterAll(async () => {
  for (const system of systems?.values() ?? []) await system.remove();
  await deployment?.clean();
}, 900_000);

describe('sls deploy', () => {
  let task: FunctionProcess;

  beforeAll(async () => {
    task = await deployment.cloud.functions.start(`${deployment.name}-task`);
  });

  const clientConfig = () => deployment.cloud.moto.clientConfig;

  const invoke = async (running: FunctionProcess, event: unknown) => {
    const { payload, error, loaded } = await running.invoke(event);
    return { answer: JSON.parse(payload), error, loaded };
  };

  /** Takes the starts of so many tasks out of the queue. A queue that answers too late is asked again, and has a start twice. */
  const queued = async (tasks: number): Promise<unknown[]> => {
    const queue = new SQSClient(clientConfig());
    const QueueUrl = `${deployment.cloud.moto.url}/123456789012/${deployment.name}-tasks`;
    const found = new Map<number, unknown>();
    for (const deadline = Date.now() + 60_000; found.size < tasks && Date.now() < deadline; ) {
      const received = await queue.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 1 }));
      for (const { Body = '', ReceiptHandle } of received.Messages ?? []) {
        const event = JSON.parse(Body);
        found.set(event.task, event);
        await queue.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
      }
    }
    queue.destroy();
    return [...found].toSorted(([a], [b]) => a - b).map(([, event]) => event);
  };

  it('applies the connector files and prints their plans', () => {
    expect(printed).toMatch(/orders: 2 create, .* schedules: 1 created/);
    expect(printed).toMatch(/\+ task 0/);
    expect(printed).toMatch(/quiet: 1 create/);
  });

  it('keeps a schedule per connector in the group of the stack, which invokes the watch function', async () => {
    const client = new SchedulerClient(clientConfig());
    const { Schedules = [] } = await client.send(new ListSchedulesCommand({ GroupName: deployment.name }));
    const schedules = await Promise.all(
      Schedules.map(({ Name }) => client.send(new GetScheduleCommand({ Name, GroupName: deployment.name }))),
    );
    client.destroy();
    expect(schedules.map(({ Target }) => JSON.parse(Target?.Input ?? ''))).toEqual([{ connector: 'orders' }]);
    for (const { ScheduleExpression, FlexibleTimeWindow, State, Target } of schedules) {
      expect({ ScheduleExpression, State }).toEqual({ ScheduleExpression: 'rate(5 minutes)', State: 'ENABLED' });
      expect(FlexibleTimeWindow).toEqual({ Mode: 'OFF' });
      expect(Target?.Arn).toMatch(new RegExp(`:function:${deployment.name}-watch$`));
      expect(Target?.RoleArn).toMatch(/SchedulerRole/);
    }
  });

  it('starts by a look the tasks that have something to copy', async () => {
    const watch = await deployment.cloud.functions.start(`${deployment.name}-watch`);
    const { answer } = await invoke(watch, { connector: 'orders' });
    expect(answer).toEqual({ connector: 'orders', started: 2, tasks: 2 });
    expect(await queued(2)).toEqual([
      { connector: 'orders', task: 0 },
      { connector: 'orders', task: 1 },
    ]);
  });

  it('copies what the events of the schedules and of the queue ask for, then rests at two DynamoDB requests a run', async () => {
    const scheduled = await invoke(task, { connector: 'orders', task: 0 });
    expect(scheduled.answer).toMatchObject({ outcome: 'ran', summary: { outcome: 'caught-up', records: 2 * PER_PARTITION } });
    const queued = await invoke(task, { Records: [{ messageId: 'm1', body: JSON.stringify({ connector: 'orders', task: 1 }) }] });
    expect(queued.answer).toEqual({ batchItemFailures: [] });

    const arrived = (await deployment.rocketmq.readTopic(deployment.topic)).flat().map(({ body }) => body.toString());
    expect(arrived.toSorted()).toEqual(deployment.produced(PER_PARTITION).toSorted());

    await task.freeze(1_500);
    const requests: number[] = [];
    // One that a busy DynamoDB answers late is repeated.
    while (requests.length < 3) {
      const before = deployment.cloud.dynamodb.targets.length;
      const idle = await invoke(task, { connector: 'orders', task: 0 });
      expect(idle.answer).toMatchObject({ outcome: 'ran', summary: { outcome: 'caught-up', records: 0 } });
      requests.push(deployment.cloud.dynamodb.targets.length - before);
    }
    expect(Math.min(...requests)).toBe(2);
  });

  it('starts nothing by a look once all is copied, writes nothing and logs nothing', async () => {
    await invoke(task, { connector: 'orders', task: 1 });
    const watch = await deployment.cloud.functions.start(`${deployment.name}-watch`);
    const before = deployment.cloud.dynamodb.targets.length;
    const { answer } = await invoke(watch, { connector: 'orders' });
    expect(answer).toEqual({ connector: 'orders', started: 0, tasks: 2 });
    const requests = deployment.cloud.dynamodb.targets.slice(before);
    expect(new Set(requests.map((target) => target.split('.').at(-1)))).toEqual(new Set(['GetItem', 'Query']));
    expect(watch.log.filter((line) => line.startsWith('{'))).toEqual([]);
  });

  it('starts all tasks of a connector whose look comes back from the dead letters', async () => {
    const body = JSON.stringify({ requestContext: { requestId: 'r' }, requestPayload: { connector: 'orders' } });
    expect((await invoke(task, { Records: [{ messageId: 'm3', body }] })).answer).toEqual({ batchItemFailures: [] });
    expect(await queued(2)).toEqual([
      { connector: 'orders', task: 0 },
      { connector: 'orders', task: 1 },
    ]);
  });

  it('loads no client that an invocation without records does not use', async () => {
    const fresh = await deployment.cloud.functions.start(`${deployment.name}-task`);
    const { answer, loaded } = await invoke(fresh, { connector: 'quiet', task: 0 });
    expect(answer).toMatchObject({ outcome: 'ran', summary: { records: 0 } });
    expect(loaded).toContainEqual(expect.stringMatching(/source-/));
    expect(loaded).not.toContainEqual(expect.stringMatching(/rocketmq|sqs|scheduler|secrets|ssm|parse-connector-file/));
  });

  it('leaves a message that is no task to the dead-letter queue', async () => {
    const { answer } = await invoke(task, { Records: [{ messageId: 'm2', body: 'not a task' }] });
    expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: 'm2' }] });
  });

  it('starts the tasks of a connector on an event that names it', async () => {
    const planner = await deployment.cloud.functions.process(`${deployment.name}-planner`);
    const { answer } = await invoke(planner, { action: 'run', connector: 'orders' });
    expect(answer).toEqual({ ok: true, result: { connector: 'orders', started: 2 } });
    expect(await queued(2)).toEqual([
      { connector: 'orders', task: 0, by: 'event' },
      { connector: 'orders', task: 1, by: 'event' },
    ]);
  });

  it('counts failed and stale tasks and stalled connectors as metrics', async () => {
    const planner = await deployment.cloud.functions.start(`${deployment.name}-planner`);
    const { answer } = await invoke(planner, { action: 'audit' });
    expect(answer).toEqual({ ok: true, result: { failed: [], stale: [], stalled: [] } });
    expect(metricsOf(planner)).toMatchObject([{ service: deployment.name, failedTasks: 0, staleTasks: 0, stalledConnectors: 0 }]);
  });

  it('emits what a run did as metrics of its connector', async () => {
    const running = await deployment.cloud.functions.start(`${deployment.name}-task`);
    await invoke(running, { connector: 'quiet', task: 0 });
    expect(metricsOf(running)).toMatchObject([
      {
        _aws: { CloudWatchMetrics: [{ Namespace: 'RocketMQConnect', Dimensions: [['service', 'connector']] }] },
        connector: 'quiet',
        task: '0',
        records: 0,
        bytes: 0,
        failures: 0,
        lagRecords: 0,
        durationMs: expect.any(Number),
      },
    ]);
  });
});

describe('a deployed stack', () => resourceCases(() => deployment, TASK_TIMEOUT));

describe('the deployed functions', () =>
  queueSourceCases(
    () => deployment,
    () => systems,
  ));

const metricsOf = ({ log }: FunctionProcess): Array<Record<string, unknown>> =>
  log
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line))
    .filter((entry) => '_aws' in entry);
