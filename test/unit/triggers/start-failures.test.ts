import { createHash } from 'node:crypto';
import { afterEach, describe, expect, it } from '@jest/globals';
import { createSchedulerTrigger } from '../../../src/triggers/eventbridge-scheduler.ts';
import { createSqsTrigger } from '../../../src/triggers/sqs.ts';
import type { TaskTrigger } from '../../../src/triggers/trigger.ts';
import '../../support/native-errors.ts';
import { type Answer, type JsonServer, startJsonServer } from '../../support/json-server.ts';

const events = (count: number) => Array.from({ length: count }, (_, task) => ({ connector: 'orders', task }));
const closed = { endpoint: 'http://127.0.0.1:1', region: 'us-east-1', credentials: { accessKeyId: 'test', secretAccessKey: 'test' } };

interface SendRequest {
  readonly Entries: ReadonlyArray<{ readonly Id: string; readonly MessageBody: string; readonly DelaySeconds: number }>;
}

describe('starts that fail', () => {
  let server: JsonServer | undefined;
  let trigger: TaskTrigger | undefined;
  afterEach(async () => {
    await trigger?.close();
    await server?.close();
  });
  const sqs = async (answer: (request: SendRequest) => Answer) => {
    server = await startJsonServer((body) => answer(body as SendRequest));
    trigger = createSqsTrigger({ queueUrl: `${server.url}/1/tasks`, client: server.clientConfig });
    return trigger;
  };
  const took = ({ Id, MessageBody }: SendRequest['Entries'][number]) => ({
    Id,
    MessageId: Id,
    MD5OfMessageBody: createHash('md5').update(MessageBody).digest('hex'),
  });

  it.each([
    ['SQS', () => createSqsTrigger({ queueUrl: 'http://127.0.0.1:1/1/tasks', client: closed })],
    [
      'EventBridge Scheduler',
      () => createSchedulerTrigger({ group: 'g', queueArn: 'q', watchArn: 'f', roleArn: 'r', client: { ...closed, maxAttempts: 2 } }),
    ],
  ])('name the tasks that were not started, where %s does not answer', async (_, create) => {
    trigger = create();
    await expect(trigger.fire(events(12))).rejects.toMatchObject({
      code: 'UNREACHABLE',
      retriable: true,
      message: expect.stringMatching(/^12 of 12 tasks were not started: .*ECONNREFUSED/),
    });
  });

  it('are repeated for the entries alone that the queue did not take', async () => {
    const requests: string[][] = [];
    const queue = await sqs(({ Entries }) => {
      requests.push(Entries.map(({ MessageBody }) => MessageBody));
      const [first, ...others] = Entries;
      if (first === undefined || requests.length > 1) return { status: 200, body: { Successful: Entries.map(took) } };
      return { status: 200, body: { Successful: others.map(took), Failed: [{ Id: first.Id, Code: 'InternalError', SenderFault: false }] } };
    });
    await queue.fire(events(3));
    expect(requests.map((bodies) => bodies.length)).toEqual([3, 1]);
    expect(JSON.parse(requests[1]?.[0] ?? '')).toEqual({ connector: 'orders', task: 0 });
  });

  it('count only the entries that the queue refuses for good', async () => {
    const queue = await sqs(({ Entries }) => {
      const [first, ...others] = Entries;
      const Failed = [{ Id: first?.Id, Code: 'InvalidMessageContents', SenderFault: true, Message: 'bad' }];
      return { status: 200, body: { Successful: others.map(took), Failed } };
    });
    await expect(queue.fire(events(10))).rejects.toMatchObject({
      retriable: true,
      message: expect.stringMatching(/^1 of 10 tasks were not started: .*InvalidMessageContents: bad/),
    });
  });

  it('are reported as forbidden where a permission is missing', async () => {
    const queue = await sqs(() => ({
      status: 403,
      body: { __type: 'com.amazonaws.sqs#AccessDeniedException', message: 'not authorized' },
    }));
    await expect(queue.fire(events(1))).rejects.toMatchObject({ code: 'FORBIDDEN', remedy: expect.stringContaining('IAM') });
  });

  it('wait as SQS does, in whole seconds', async () => {
    const delays: number[] = [];
    const queue = await sqs(({ Entries }) => {
      delays.push(...Entries.map(({ DelaySeconds }) => DelaySeconds));
      return { status: 200, body: { Successful: Entries.map(took) } };
    });
    await queue.fire(events(1), { delayMs: 1_001 });
    await queue.fire(events(1), { delayMs: 900_000 });
    await queue.fire(events(1));
    expect(delays).toEqual([2, 900, 0]);
  });

  it('wait for the time that an event names, as long as SQS can', async () => {
    const delays: number[] = [];
    const queue = await sqs(({ Entries }) => {
      delays.push(...Entries.map(({ DelaySeconds }) => DelaySeconds));
      return { status: 200, body: { Successful: Entries.map(took) } };
    });
    const now = Date.now();
    const [event] = events(1) as [{ connector: string; task: number }];
    await queue.fire([
      { ...event, startAt: now - 1 },
      { ...event, startAt: now + 600_000 },
      { ...event, startAt: now + 86_400_000 },
    ]);
    expect(delays.map((seconds) => Math.ceil(seconds / 60))).toEqual([0, 10, 15]);
  });

  it.each([
    [
      'ResourceNotFoundException',
      404,
      { code: 'NOT_FOUND', message: 'schedule group tasks does not exist', remedy: expect.stringContaining('sls deploy') },
    ],
    ['ValidationException', 400, { code: 'CONFIG_INVALID', remedy: 'correct the options of trigger' }],
    ['ServiceQuotaExceededException', 402, { code: 'THROTTLED', retriable: false, remedy: expect.stringContaining('quota') }],
  ])('say what to do when EventBridge Scheduler answers %s', async (name, status, error) => {
    server = await startJsonServer(() => ({ status, body: { __type: name, Message: 'said so' } }));
    trigger = createSchedulerTrigger({ group: 'tasks', queueArn: 'q', watchArn: 'f', roleArn: 'r', client: server.clientConfig });
    const schedule = { expression: 'rate(1 hour)', timeZone: 'UTC' };
    await expect(trigger.sync({ connector: 'orders', tasks: 1, enabled: true, schedule })).rejects.toMatchObject(error);
  });
});
