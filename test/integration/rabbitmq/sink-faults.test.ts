import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { RabbitmqQueues } from '../../../infra/local/rabbitmq-queues.ts';
import { rabbitmq } from '../../../infra/local/servers/rabbitmq.ts';
import { administrator } from '../../../infra/local/servers/rabbitmq-conf.ts';
import { uniqueName } from '../../support/names.ts';
import { OwnServer } from '../../support/own-server.ts';
import { waitingMessages } from '../../support/rabbitmq-messages.ts';
import { evaluate, keepQueues } from '../../support/rabbitmq-node.ts';
import { persist, queued, write } from '../../support/sink/batches.ts';
import { range } from './rabbitmq-lab.ts';
import { RabbitmqSinkLab } from './rabbitmq-sink-lab.ts';

let server: OwnServer;
let sinks: RabbitmqSinkLab;
let url: string;
beforeAll(async () => {
  server = await OwnServer.start(rabbitmq);
  url = `amqp://${administrator.username}:${administrator.password}@${server.address('amqp')}`;
  sinks = new RabbitmqSinkLab(url);
}, 900_000);
afterAll(async () => {
  await sinks?.[Symbol.asyncDispose]();
  await server?.[Symbol.asyncDispose]();
});

const LIMIT_MS = 900_000;
const BATCHES = 20;
const SIZE = 250;

async function newQueue(): Promise<string> {
  const queues = await RabbitmqQueues.open(url);
  const queue = uniqueName('faults');
  await queues.create(queue);
  await queues.close();
  return queue;
}

const bodiesOf = async (queue: string) => (await waitingMessages(url, queue)).map(({ content }) => Number(content.toString()));

describe('a node that fails while a sink writes', () => {
  it(
    'is waited for where it is killed: nothing is lost, and what comes again comes in order',
    async () => {
      let found: readonly number[] | undefined;
      for (let tries = 0; found === undefined && tries < 3; tries += 1) found = await writtenAcrossDeath();
      if (found === undefined) throw new Error('RabbitMQ lost its queue three times');
      expect([...new Set(found)]).toEqual(range(BATCHES * SIZE));
      for (const [index, number] of found.entries()) expect(number).toBeLessThanOrEqual((found[index - 1] ?? -1) + 1);
    },
    LIMIT_MS,
  );

  /** What the queue has in the end. Undefined where RabbitMQ itself did not bring back the queue: the records are refused then. */
  async function writtenAcrossDeath(): Promise<readonly number[] | undefined> {
    const queue = await newQueue();
    await keepQueues(server);
    const task = await sinks.task({ routingKey: queue });
    let failing: Promise<unknown> | undefined;
    let failures = 0;
    let refused = 0;
    for (let batch = 0; batch < BATCHES; batch += 1) {
      const records = queued(SIZE, (index) => ({ value: Buffer.from(String(batch * SIZE + index)) }));
      const attempt = async () => {
        refused += (await write(task, records, undefined, Date.now() + LIMIT_MS)).length;
      };
      const writing = persist(attempt);
      if (batch === 5) {
        // The batches behind this one find the node dead.
        await server.signal('SIGKILL');
        failing = server.restart(0);
      }
      failures += await writing;
    }
    await failing;
    await task.stop();
    expect(failures).toBeGreaterThan(0);
    if (refused === 0) return bodiesOf(queue);
    await expect(bodiesOf(queue)).rejects.toMatchObject({ code: 404 });
    return undefined;
  }

  it(
    'fails the write where it has an alarm, and takes the records when that is over',
    async () => {
      const queue = await newQueue();
      const task = await sinks.task({ routingKey: queue, confirmTimeoutMs: 1_000 });
      const records = queued(100, () => ({}));
      await evaluate(server, 'vm_memory_monitor:set_vm_memory_high_watermark(0.00001)');
      // The first message makes the node look whether there is an alarm.
      await expect(persistUntilBlocked(task, records)).resolves.toMatchObject({
        code: 'THROTTLED',
        retriable: true,
        message: expect.stringMatching(/takes nothing that is published now \(.*memory/),
      });
      await evaluate(server, 'vm_memory_monitor:set_vm_memory_high_watermark({absolute, "1GB"})');
      await persist(() => write(task, records));
      await task.stop();
      const found = await bodiesOf(queue);
      expect([...new Set(found)]).toEqual(range(100));
      expect(found.slice(-1)).toEqual([99]);
    },
    LIMIT_MS,
  );

  async function persistUntilBlocked(task: Parameters<typeof write>[0], records: ReturnType<typeof queued>): Promise<unknown> {
    for (;;) {
      const failure = await write(task, records).then(
        () => undefined,
        (error: unknown) => error,
      );
      // A busy node is late with what it confirms, too.
      if (failure !== undefined && (failure as { code?: string }).code !== 'TIMEOUT') return failure;
    }
  }

  it(
    'refuses bodies that are too large alone, and without a second try once their limit is known',
    async () => {
      const queue = await newQueue();
      await evaluate(server, 'application:set_env(rabbit, max_message_size, 10000)');
      const task = await sinks.task({ routingKey: queue });
      const large = Buffer.alloc(10_001);
      const records = queued(30, (index) => (index % 10 === 4 ? { value: large } : {}));
      const refused = [4, 14, 24].map((index) => ({
        index,
        error: { code: 'RECORD_REFUSED', message: 'its body has 10001 bytes, and RabbitMQ takes 10000' },
      }));
      expect(await write(task, records)).toMatchObject(refused);
      expect(await write(task, records)).toMatchObject(refused);
      await task.stop();
      await evaluate(server, 'application:set_env(rabbit, max_message_size, 134217728)');
      const found = await bodiesOf(queue);
      const taken = range(30).filter((index) => index % 10 !== 4);
      expect([...new Set(found)]).toEqual(taken);
      expect(found.slice(-taken.length)).toEqual(taken);
    },
    LIMIT_MS,
  );

  it('ends a write that is asked to end, and leaves nothing on its way', async () => {
    const queue = await newQueue();
    const task = await sinks.task({ routingKey: queue });
    await write(
      task,
      queued(1, () => ({})),
    );
    await server.signal('SIGSTOP');
    const stop = new AbortController();
    const writing = write(
      task,
      queued(50, () => ({})),
      stop.signal,
    );
    writing.catch(() => {});
    stop.abort();
    await expect(writing).rejects.toMatchObject({ code: 'INTERRUPTED' });
    await task.stop();
    await server.signal('SIGCONT');
    const next = await sinks.task({ routingKey: queue });
    await persist(() =>
      write(
        next,
        queued(3, (index) => ({ value: Buffer.from(String(1_000 + index)) })),
      ),
    );
    await next.stop();
    const found = await bodiesOf(queue);
    expect(found.slice(-3)).toEqual([1_000, 1_001, 1_002]);
  });
});
