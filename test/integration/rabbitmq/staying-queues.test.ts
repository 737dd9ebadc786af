import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { connect, type Options } from 'amqplib';
import { type SourceRecord, silentLogger, type TaskConfig } from '../../../src/api/index.ts';
import { rabbitmqSource } from '../../../src/connectors/rabbitmq/index.ts';
import { uniqueName } from '../../support/names.ts';
import { createRabbitmqReader } from '../../support/rabbitmq-reader.ts';
import { bodies, NO_LIMIT, RabbitmqLab, range } from './rabbitmq-lab.ts';

let lab: RabbitmqLab;
beforeAll(async () => {
  lab = await RabbitmqLab.open();
});
afterAll(() => lab?.[Symbol.asyncDispose]());

async function plan(options: object): Promise<readonly TaskConfig[]> {
  const config = lab.config({ readBy: 'auto', ...options });
  const context = { connector: 'lab', logger: silentLogger, clients: lab.clients, signal: new AbortController().signal };
  return rabbitmqSource.create(config, context).taskConfigs(1, [], new Map());
}

const mayGo = async (options: object) => (await plan(options))[0]?.options?.mayGo;

/** Queues that another client made with these options, until `use` ends. */
async function withQueue(options: Options.AssertQueue, use: (queue: string) => Promise<void>): Promise<void> {
  const connection = await connect(lab.addresses.rabbitmq);
  const channel = await connection.createChannel();
  const { queue } = await channel.assertQueue(uniqueName('staying'), options);
  try {
    await use(queue);
  } finally {
    await channel.deleteQueue(queue);
    await connection.close();
  }
}

describe('a plan learns from the server that a queue stays without a consumer', () => {
  it.each<{ kind: string; options: Options.AssertQueue }>([
    { kind: 'durable', options: { durable: true } },
    { kind: 'transient', options: { durable: false } },
    { kind: 'quorum', options: { durable: true, arguments: { 'x-queue-type': 'quorum' } } },
    { kind: 'priority', options: { durable: true, arguments: { 'x-max-priority': 3, 'x-expires': 600_000 } } },
  ])('that is $kind', ({ options }) => withQueue(options, async (queue) => expect(await mayGo({ queues: [queue] })).toEqual([])));

  it.each([true, false])('but not that an auto-delete one does (durable: %s)', (durable) =>
    withQueue({ durable, autoDelete: true }, async (queue) => expect(await mayGo({ queues: [queue] })).toEqual([queue])),
  );

  it('and makes none where there is none', async () => {
    const queue = uniqueName('missing');
    expect(await mayGo({ queues: [queue] })).toEqual([queue]);
    await expect(lab.queues.ready(queue)).rejects.toThrow(/NOT_FOUND|404/);
  });

  it('unless this user has no permission to configure', () =>
    withQueue({ durable: true }, async (queue) => {
      const { username, password, remove } = await createRabbitmqReader(`^${queue}$`);
      try {
        expect(await mayGo({ queues: [queue], username, password })).toEqual([queue]);
      } finally {
        await remove();
      }
    }));
});

it('says of a run that reads message by message, why, and what to do', async () => {
  const queue = await lab.filled(1_000);
  const task = lab.task({ queues: [queue], readBy: 'auto' });
  await task.start();
  const records: SourceRecord[] = [];
  const notices: string[] = [];
  for (let caughtUp = false; !caughtUp; ) {
    const result = await task.poll(NO_LIMIT);
    caughtUp = result.caughtUp;
    records.push(...result.records);
    notices.push(...(result.notices ?? []));
    const last = result.records.at(-1);
    if (last !== undefined) task.acknowledged(queue, last.position);
  }
  await task.stop();
  expect(bodies(records)).toEqual(range(1_000));
  expect(notices).toEqual([expect.stringMatching(new RegExp(`^read message by message, .*: ${queue}; .*source.readBy to consumer`))]);
});
