import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { pythonLibrary } from '../../support/python-library.ts';
import { LambdaLab, queued, write, writeAll } from './lambda-lab.ts';

let lab: LambdaLab;
beforeAll(async () => {
  const PYTHONPATH = await pythonLibrary('aws-lambda-powertools==3.37.0');
  lab = await LambdaLab.open({
    typescript: { handler: 'powertools-kafka' },
    python: { handler: 'powertools-batch', env: { PATH: process.env.PATH ?? '', PYTHONPATH, POWERTOOLS_DEV: 'true' } },
  });
});
beforeEach(() => {
  lab.server.invocations.length = 0;
  lab.server.answers.length = 0;
});
afterAll(() => lab[Symbol.asyncDispose]());

const order = (id: number, amount = 1) => JSON.stringify({ id, amount });

it('hands the consumer of Powertools for TypeScript all that a record of Kafka has', async () => {
  const task = await lab.task({ function: 'typescript' });
  const records = queued(
    [order(0), order(1), order(2)],
    (offset) =>
      [
        {
          key: Buffer.from('Größe'),
          headers: [
            { name: 'a', value: Buffer.from('é') },
            { name: 'a', value: null },
          ],
          timestamp: 1_600_000_000_000,
        },
        { value: null, tag: 'new', messageId: '7F0001', orderingKey: 'g', sourceKey: 'shop/orders/1' },
        { key: Buffer.alloc(0) },
      ][offset] ?? {},
    3,
  );
  await write(task, records);
  await write(
    await lab.task({ function: 'typescript', maxAttempts: 1 }),
    queued([order(0)], () => ({ partition: 'orders:broker-b:3' })),
  );
  const { got } = JSON.parse(lab.server.answers.at(-1) ?? '') as { got: object[] };
  const place = { topic: 'orders', timestampType: 'CREATE_TIME' };
  const queue = { 'rocketmq-queue': 'orders:broker-a:3' };
  expect(got).toMatchObject([
    {
      ...place,
      partition: 3,
      offset: 0,
      timestamp: 1_600_000_000_000,
      key: 'Größe',
      value: { id: 0, amount: 1 },
      headers: [{ a: 'é' }, { a: '' }, queue],
    },
    {
      ...place,
      partition: 3,
      offset: 1,
      timestamp: 1_700_000_000_001,
      key: null,
      value: null,
      headers: [
        queue,
        { 'rocketmq-message-id': '7F0001' },
        { 'rocketmq-tag': 'new' },
        { 'rocketmq-message-group': 'g' },
        { 'rocketmq-source-key': 'shop/orders/1' },
      ],
    },
    { ...place, partition: 3, offset: 2, value: { id: 2, amount: 1 }, headers: [queue] },
    { ...place, partition: 100_003, offset: 0, headers: [{ 'rocketmq-queue': 'orders:broker-b:3' }] },
  ]);
});

it('takes the answers of the batch processor of Powertools for Python as they are', async () => {
  const task = await lab.task({ function: 'python', maxAttempts: 2 });
  const orders = [order(0), order(1), order(2, -5), order(3), order(4)];
  const refused = await writeAll(
    task,
    queued(orders, () => ({ key: Buffer.from('ann') })),
  );
  expect(refused).toEqual([[2, 'the function names it among the batchItemFailures of its answer']]);
  expect(JSON.parse(lab.server.answers[0] ?? '')).toEqual({
    batchItemFailures: [{ itemIdentifier: { partition: 'orders-0', offset: 2 } }],
  });
  expect(lab.server.invocations.map(({ offsets }) => offsets).slice(0, 2)).toEqual([
    [0, 1, 2, 3, 4],
    [2, 3, 4],
  ]);
});
