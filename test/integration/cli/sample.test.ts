import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { RabbitmqQueues, rabbitmqOptions } from '../../../infra/local/rabbitmq-queues.ts';
import { uniqueName } from '../../support/names.ts';
import { Workbench } from './workbench.ts';

// Each case starts the command, most of them several times, and other tests share the cores.
jest.setTimeout(900_000);

const RECORDS = 6;

describe('a sample', () => {
  let bench: Workbench;
  let rabbitmq: RabbitmqQueues;
  beforeAll(async () => {
    bench = await Workbench.open();
    rabbitmq = await RabbitmqQueues.open(bench.addresses.rabbitmq);
  });
  afterAll(async () => {
    await rabbitmq.close();
    await bench.close();
  });

  /** Returns standard output of a command that must end well. */
  const ok = async (...args: string[]): Promise<string> => {
    const finished = await bench.run(args, { env: { RABBITMQ_PASSWORD: rabbitmqOptions(bench.addresses.rabbitmq).password } });
    if (finished.code !== 0) throw new Error(`${args.join(' ')} ended with ${finished.code}: ${finished.stderr}`);
    return finished.stdout;
  };
  const json = async (...args: string[]) => JSON.parse(await ok(...args, '--json'));

  it('of a Kafka topic shows the messages to come, changes nothing, and the run then copies all', async () => {
    const name = uniqueName('flights');
    const [from, to] = await Promise.all([bench.kafkaTopic(2), bench.rocketmqTopic()]);
    await bench.produce(from, RECORDS, 2);
    await ok('apply', await bench.file(`${name}.yml`, bench.connectorFile({ name, from, to })));
    const before = await json('status', name);
    const messages = await json('sample', name, '--limit', '4');
    const of = (task: number, id: number) => ({ task, place: `${from}-${task}@${id}`, topic: to, queue: expect.any(Number) });
    expect(messages).toMatchObject([
      { ...of(0, 0), value: '0', sourceKey: `${name}/${from}-0/0`, key: null, bytes: 1 },
      { ...of(0, 1), value: '2' },
      { ...of(0, 2), value: '4' },
      { ...of(1, 0), value: '1' },
    ]);
    expect(await json('status', name)).toEqual(before);
    expect(await bench.arrived(to)).toBe(0);
    await ok('run', name, '--until-caught-up');
    expect(await bench.arrived(to)).toBe(RECORDS);
  });

  it('of a queue gives back what was delivered, and the run then copies it in order', async () => {
    const name = uniqueName('orders');
    const queue = uniqueName('queue');
    const to = await bench.rocketmqTopic();
    await rabbitmq.create(queue, 'quorum');
    await rabbitmq.publish(
      queue,
      Array.from({ length: RECORDS }, (_, index) => ({ body: Buffer.from(`${index}`), options: { messageId: `${index}` } })),
    );
    const source = {
      ...rabbitmqOptions(bench.addresses.rabbitmq),
      queues: [queue],
      password: '${env:RABBITMQ_PASSWORD}',
      connectTimeoutMs: 30_000,
    };
    const target = { endpoints: bench.addresses.rocketmqNamesrv, topic: to, requestTimeoutMs: 20_000 };
    await ok('apply', await bench.file(`${name}.yml`, JSON.stringify({ name, type: 'rabbitmq-source', source, rocketmq: target })));
    const sampled = await json('sample', name, '--limit', '2');
    expect(sampled.map(({ value }: { value: string }) => value)).toEqual(['0', '1']);
    // A quorum queue takes back what a connection held soon after the connection ended.
    while ((await rabbitmq.ready(queue)) < RECORDS) await sleep(20);
    await ok('run', name, '--until-caught-up');
    const arrived = (await bench.rocketmq.readTopic(to)).flat().map(({ body }) => body.toString());
    expect(arrived).toEqual(['0', '1', '2', '3', '4', '5']);
    expect(await rabbitmq.ready(queue)).toBe(0);
    await rabbitmq.delete(queue);
  });

  it('shows what it can while RocketMQ is away', async () => {
    const name = uniqueName('flights');
    const [from, to] = await Promise.all([bench.kafkaTopic(1), bench.rocketmqTopic()]);
    await bench.produce(from, 1, 1);
    const file = bench.connectorFile({ name, from, to });
    await ok('apply', await bench.file(`${name}.yml`, file));
    await bench.rocketmq.deleteTopic(to);
    const { code, stdout, stderr } = await bench.run(['sample', name, '--json']);
    expect({ code, messages: JSON.parse(stdout) }).toMatchObject({ code: 0, messages: [{ value: '0', topic: to }] });
    expect(JSON.parse(stdout)[0]).not.toHaveProperty('queue');
    expect(stderr).toMatch(`${name}: the queues of topic ${to} are not known: `);
  });

  it('is refused in words where it can not be had', async () => {
    expect(await bench.run(['sample', 'nobody'])).toMatchObject({
      code: 1,
      stderr: expect.stringMatching('^NOT_FOUND: no connector nobody; '),
    });
    const aws = await bench.run(['sample', 'flights', '--target', 'aws', '--json']);
    expect(aws.code).toBe(1);
    expect(JSON.parse(aws.stdout).error).toMatchObject({ code: 'WRONG_KIND', remedy: expect.stringMatching('--target local') });
  });
});
