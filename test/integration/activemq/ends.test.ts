import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import rhea from 'rhea';
import { AmqpConnection } from '../../../src/connectors/activemq/protocol/amqp-connection.ts';
import { AmqpLink } from '../../../src/connectors/activemq/protocol/amqp-link.ts';
import { RECEIVE_ROOM_BYTES } from '../../../src/kit/index.ts';
import { liveBufferBytes } from '../../support/live-memory.ts';
import { uniqueName } from '../../support/names.ts';
import { stackAddresses } from '../../support/stack.ts';
import { TcpProxy } from '../../support/tcp-proxy.ts';
import { ActivemqLab, numbered, numbers, texts } from './activemq-lab.ts';
import { ArtemisQueues } from './artemis-queues.ts';

/** Together more than a look may have in memory, and less than this broker has for a queue. */
const LARGE = 24;
const LARGE_BYTES = 1024 * 1024;

/** As from a client that writes frames by itself. */
async function sendRaw(url: string, address: string, bytes: Buffer): Promise<void> {
  const { hostname, port } = new URL(url);
  const connection = rhea.create_container().connect({ host: hostname, port: Number(port), username: 'anonymous', reconnect: false });
  const sender = connection.open_sender({ target: { address, capabilities: ['queue'] } } as never);
  await new Promise((resolve) => sender.once('sendable', resolve));
  const accepted = new Promise((resolve) => sender.once('accepted', resolve));
  (sender as unknown as { send(bytes: Buffer, tag: undefined, format: number): void }).send(bytes, undefined, 0);
  await accepted;
  connection.close();
  await new Promise((resolve) => connection.once('connection_close', resolve));
}

describe.each(['activemq', 'artemis'] as const)('where a queue ends, on %s', (server) => {
  let lab: ActivemqLab;
  beforeAll(async () => {
    lab = await ActivemqLab.open((await stackAddresses())[server]);
  });
  afterAll(() => lab[Symbol.asyncDispose]());

  it('is known where all is copied', async () => {
    expect((await lab.run({ queues: [await lab.queue(5)] })).lag).toEqual({});
  });

  it('is the same by the name that JMS clients write', async () => {
    const queue = await lab.queue(5);
    expect(texts((await lab.run({ queues: [`queue://${queue}`] })).records)).toEqual(numbers(5));
  });

  it('is at what is no message for its own queue alone, whose other messages stay', async () => {
    const [bad, good] = [await lab.queue(2), await lab.queue(3)];
    await sendRaw(lab.url, bad, Buffer.from('005399a0026869', 'hex'));
    await lab.broker.send({ name: bad }, numbered(2, 2));
    const { records, stopped } = await lab.run({ queues: [bad, good] });
    expect(texts(records.filter(({ partition }) => partition === bad))).toEqual(numbers(2));
    expect(texts(records.filter(({ partition }) => partition === good))).toEqual(numbers(3));
    expect([...stopped]).toMatchObject([[bad, { code: 'RECORD_REFUSED', retriable: false }]]);
  });
});

describe('the end of a queue on Classic', () => {
  let lab: ActivemqLab;
  beforeAll(async () => {
    lab = await ActivemqLab.open((await stackAddresses()).activemq);
  });
  afterAll(() => lab[Symbol.asyncDispose]());

  it('is not known where another consumer has it to itself', async () => {
    const queue = await lab.queue(3);
    const { hostname, port } = new URL(lab.url);
    const other = rhea.create_container().connect({ host: hostname, port: Number(port), username: 'anonymous', reconnect: false });
    const exclusive = other.open_receiver({ source: `queue://${queue}?consumer.exclusive=true`, credit_window: 0 });
    await new Promise((resolve) => exclusive.once('receiver_open', resolve));
    const { records, lag } = await lab.run({ queues: [queue] });
    other.close();
    await new Promise((resolve) => other.once('connection_close', resolve));
    expect(records).toEqual([]);
    expect(lag.unknown).toContain(`queue ${queue} holds messages`);
  });

  it('is not known where more messages than a page are not wanted by the selector', async () => {
    const messages = Array.from({ length: 301 }, (_, n) => ({ body: String(n), application_properties: { n } }));
    const { lag } = await lab.run({ queues: [await lab.queue(messages)], selector: 'n = 300' });
    expect(lag.unknown).toContain('maxPageSize');
  });

  it('is looked for without keeping what is looked at', async () => {
    const body = rhea.message.data_section(Buffer.alloc(LARGE_BYTES, 'x'));
    const queue = await lab.queue(Array.from({ length: LARGE }, () => ({ body })));
    const task = lab.task({ queues: [queue], selector: 'n = 1' });
    await task.start();
    while (!(await task.poll({ maxRecords: 10, maxBytes: 1e6 })).caughtUp);
    const before = liveBufferBytes();
    const { close } = AmqpLink.prototype;
    let kept = 0;
    const closing = jest.spyOn(AmqpLink.prototype, 'close').mockImplementation(function (this: AmqpLink) {
      kept = Math.max(kept, liveBufferBytes() - before);
      return close.call(this);
    });
    const lag = await task.lag();
    closing.mockRestore();
    await task.stop();
    // A broker whose memory is full of them would hand out nothing to other tests.
    const { records } = await lab.run({ queues: [queue] });
    expect({ lag, records: records.length }).toEqual({ lag: {}, records: LARGE });
    expect(kept).toBeLessThan(RECEIVE_ROOM_BYTES / 2);
  });

  it('is that of all queues that a pattern fits', async () => {
    const name = uniqueName('pattern');
    for (const part of ['a', 'b']) await lab.broker.send({ name: `${name}.${part}` }, numbered(2));
    expect((await lab.run({ queues: [`${name}.>`] })).records).toHaveLength(4);
  });
});

describe('the end of a queue on Artemis', () => {
  let lab: ActivemqLab;
  let queues: ArtemisQueues;
  beforeAll(async () => {
    lab = await ActivemqLab.open((await stackAddresses()).artemis);
    queues = await ArtemisQueues.open(lab.url);
  });
  afterAll(async () => {
    await queues[Symbol.asyncDispose]();
    await lab[Symbol.asyncDispose]();
  });

  it('is not known where it is paused', async () => {
    const queue = await lab.queue(3);
    await queues.pause(queue);
    expect((await lab.run({ queues: [queue] })).lag.unknown).toContain(`queue ${queue} holds messages`);
  });

  it('is not known where it keeps what was copied', async () => {
    const queue = uniqueName('kept');
    await queues.create(queue, { 'non-destructive': true });
    await lab.broker.send({ name: queue }, numbered(3));
    expect((await lab.run({ queues: [queue] })).lag.unknown).toContain('non-destructive');
  });

  it('comes for one queue alone where that is deleted, and the next run goes on when it is there again', async () => {
    const [gone, there] = [await lab.queue(2_000), await lab.queue(2_000)];
    const options = { queues: [gone, there] };
    let deleted: Promise<unknown> | undefined;
    const { records, stopped } = await lab.run(options, {
      limit: { maxRecords: 100, maxBytes: 1e6 },
      // The run stands still meanwhile: else it might have copied all before.
      acknowledge: async (taken) => {
        deleted ??= queues.delete(gone);
        await deleted;
        return taken;
      },
    });
    expect(texts(records.filter(({ partition }) => partition === there))).toEqual(numbers(2_000));
    expect([...stopped]).toMatchObject([[gone, { code: 'NOT_FOUND', retriable: true }]]);
    await lab.broker.send({ name: gone }, numbered(3));
    expect(texts((await lab.run(options)).records)).toEqual(numbers(3));
  });

  it('is not looked for where the name is a pattern, of which Artemis would make a queue', async () => {
    const pattern = `${uniqueName('pattern')}.#`;
    const expected = { code: 'WRONG_KIND', message: expect.stringContaining('is a pattern') };
    expect(await lab.check({ queues: [pattern] })).toMatchObject([{ ...expected, option: 'source.queues' }]);
    await expect(lab.run({ queues: [pattern] })).rejects.toMatchObject(expected);
  });

  it('is not at risk while the broker does not say whether it empties the queue: TIMEOUT', async () => {
    const queue = uniqueName('emptied');
    await queues.create(queue, {});
    await lab.broker.send({ name: queue }, numbered(3));
    await queues.update(queue, { 'purge-on-no-consumers': true });
    await using proxy = await TcpProxy.start(new URL(lab.url).host);
    const opening = jest.spyOn(AmqpConnection, 'open').mockImplementation(async (...args) => {
      opening.mockRestore();
      const connection = await AmqpConnection.open(...args);
      proxy.set({ swallow: true }, 'answer');
      // A busy machine may take long to open a connection. Only the question is asked with little patience.
      return Object.assign(connection, { connectTimeoutMs: 2_000 });
    });
    expect(await lab.check({ url: `amqp://${proxy.address}`, queues: [queue], idleTimeoutMs: 60_000 })).toMatchObject([
      { level: 'error', code: 'TIMEOUT', option: 'source.queues', message: expect.stringContaining(`whether it empties queue ${queue}`) },
    ]);
    expect(await queues.count(queue)).toBe(3);
  });

  it('would be made by a run where the broker empties it then: the check refuses it, and empties nothing', async () => {
    const queue = uniqueName('emptied');
    await queues.create(queue, { 'purge-on-no-consumers': true });
    expect(await lab.check({ queues: [queue] })).toMatchObject([
      { code: 'WRONG_KIND', option: 'source.queues', message: expect.stringContaining('purge-on-no-consumers') },
    ]);
  });
});
