import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { rocketmq } from '../../../infra/local/servers/rocketmq.ts';
import type { OutgoingMessage, TopicProducer } from '../../../src/rocketmq/types.ts';
import { ascendingRuns } from '../../support/copy-check.ts';
import { OwnServer } from '../../support/own-server.ts';
import { purgedQueueCases, startPurgingBroker } from './purged-queue-cases.ts';
import { Topics } from './topics.ts';

const QUEUES = 4;
const CALL = 400;
const PATIENCE_MS = 180_000;
/** The time limit of requests, which an outage must outlast. */
const REQUEST_MS = 3_000;

// A broker is stopped and started again, which takes a busy machine a while.
jest.setTimeout(900_000);

const message = (body: string): OutgoingMessage => ({ body: Buffer.from(body), keys: [`test/${body}`], properties: new Map() });

/** Sends numbered messages to each queue without a pause until the test ends it. It knows what was acknowledged. */
class Stream {
  readonly acknowledged = Array.from({ length: QUEUES }, () => 0);
  readonly #lanes: Promise<void>[];
  #ending = false;

  constructor(producer: TopicProducer) {
    this.#lanes = this.acknowledged.map(async (_, queue) => {
      while (!this.#ending) {
        const from = this.acknowledged[queue] as number;
        const messages = Array.from({ length: CALL }, (_, index) => message(String(from + index)));
        await producer.send(queue, messages, Date.now() + PATIENCE_MS);
        this.acknowledged[queue] = from + CALL;
        await sleep(10);
      }
    });
  }

  /** Resolves when each queue has acknowledged messages since the call. */
  async moves(): Promise<void> {
    const before = [...this.acknowledged];
    const ended = Promise.all(this.#lanes);
    while (this.acknowledged.some((count, queue) => count === before[queue])) await Promise.race([sleep(20), ended]);
  }

  async end(): Promise<void> {
    this.#ending = true;
    await Promise.all(this.#lanes);
  }
}

let purgingBroker: Promise<OwnServer> | undefined;
beforeAll(() => {
  purgingBroker = startPurgingBroker();
  // The cases that need it get the failure.
  purgingBroker.catch(() => undefined);
});
afterAll(async () => {
  await (await purgingBroker)?.[Symbol.asyncDispose]();
});

describe('while the broker is away, or has other settings, a producer', () => {
  let server: OwnServer;
  beforeAll(async () => {
    server = await OwnServer.start(rocketmq);
  });
  afterAll(() => server?.[Symbol.asyncDispose]());

  async function survives(outage: () => Promise<void>): Promise<void> {
    await using topics = await Topics.open(server.address('namesrv'));
    const topic = await topics.create({ queues: QUEUES });
    const producer = await topics.producer(topic, { requestTimeoutMs: REQUEST_MS });
    const stream = new Stream(producer);
    await stream.moves();
    await outage();
    await stream.moves();
    await stream.end();
    // A broker that stood still is not found until the name server has heard of it again.
    await using after = await Topics.open(server.address('namesrv'));
    const queues = await after.admin.readTopic(topic);
    for (const [queue, count] of stream.acknowledged.entries()) {
      const runs = ascendingRuns((queues[queue] ?? []).map(({ body }) => Number(body)));
      expect(runs[0]?.[0]).toBe(0);
      expect(new Set(runs.flat()).size).toBe(count);
      expect(runs.at(-1)?.at(-1)).toBe(count - 1);
    }
  }

  it('loses nothing and keeps the order when it is killed and started again', async () => {
    await survives(async () => {
      await server.signal('SIGKILL');
      await sleep(1_500);
      await server.restart(0);
    });
  });

  it('loses nothing and keeps the order when it is stopped and started again', async () => {
    await survives(() => server.restart(5_000));
  });

  it('loses nothing and keeps the order when it freezes for longer than a request may take', async () => {
    await survives(async () => {
      await server.signal('SIGSTOP');
      await sleep(REQUEST_MS + 1_500);
      await server.signal('SIGCONT');
    });
  });

  it('hears of a passing fault that names the broker where that is set read-only for maintenance', async () => {
    await using topics = await Topics.open(server.address('namesrv'));
    const topic = await topics.create({ queues: 1 });
    const readOnly = { code: 'THROTTLED', retriable: true, message: expect.stringMatching(/the broker at \S+:\d+ takes no messages/) };
    await topics.admin.configureBroker({ brokerPermission: 4 });
    try {
      await expect(topics.producer(topic)).rejects.toMatchObject(readOnly);
    } finally {
      await topics.admin.configureBroker({ brokerPermission: 6 });
    }
    const producer = await topics.producer(topic);
    await producer.send(0, [message('later')], Date.now() + PATIENCE_MS);
    expect((await topics.admin.readTopic(topic)).flat().map(({ body }) => body.toString())).toEqual(['later']);
  });

  it('sends a message above 4 MiB where broker and configuration allow it, with its tag', async () => {
    await using topics = await Topics.open(server.address('namesrv'));
    const maxMessageBytes = 8 * 1024 * 1024;
    await topics.admin.configureBroker({ maxMessageSize: maxMessageBytes });
    const topic = await topics.create({ queues: 1 });
    const producer = await topics.producer(topic, { maxMessageBytes });
    const large = { ...message('large'), body: Buffer.alloc(6 * 1024 * 1024, 'x'), tag: 'big' };
    await producer.send(0, [message('before'), large, message('behind')], Date.now() + PATIENCE_MS);
    const stored = (await topics.admin.readTopic(topic)).flat();
    expect(stored.map(({ body }) => body.length)).toEqual([6, large.body.length, 6]);
    expect(stored[1]?.properties.get('TAGS')).toBe('big');
    const tooLarge = { ...message('x'), body: Buffer.alloc(maxMessageBytes, 'x') };
    await expect(producer.send(0, [tooLarge], Date.now() + PATIENCE_MS)).rejects.toMatchObject({ code: 'RECORD_REFUSED' });
  });
});

describe('a queue that RocketMQ has purged', () => {
  purgedQueueCases(() => purgingBroker as Promise<OwnServer>);
});
