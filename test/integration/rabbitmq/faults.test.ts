import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createRabbitmqReader } from '../../support/rabbitmq-reader.ts';
import { bodies, NO_LIMIT, RabbitmqLab, range } from './rabbitmq-lab.ts';

let lab: RabbitmqLab;
beforeAll(async () => {
  lab = await RabbitmqLab.open();
});
afterAll(() => lab?.[Symbol.asyncDispose]());

/** Until a partition stops: with its reason. */
const readOn = async (task: ReturnType<RabbitmqLab['task']>) => {
  for (;;) {
    const [reason] = (await task.poll(NO_LIMIT)).stopped?.values() ?? [];
    if (reason !== undefined) throw reason;
  }
};

describe('a run', () => {
  it('whose queue is deleted ends with that, and the next one does not find it', async () => {
    const queue = await lab.filled(100);
    const task = lab.task({ queues: [queue] });
    await task.start();
    await task.poll(NO_LIMIT);
    await lab.queues.delete(queue);
    await expect(readOn(task)).rejects.toMatchObject({
      code: 'UNREACHABLE',
      retriable: true,
      message: `the server ended the consumer of queue ${queue}`,
    });
    await task.stop();
    await expect(lab.readAll({ queues: [queue] })).rejects.toMatchObject({ code: 'NOT_FOUND', message: `queue ${queue} does not exist` });
    await lab.queues.create(queue);
  });

  it('whose connection an administrator closes ends with that, and the next one goes on', async () => {
    const queue = await lab.filled(100);
    const { username, password, disconnect, remove } = await createRabbitmqReader(`^${queue}$`);
    const options = { queues: [queue], username, password };
    const task = lab.task(options);
    await task.start();
    const { records } = await task.poll(NO_LIMIT);
    task.acknowledged(queue, records[0]?.position ?? '');
    let ended = false;
    const end = readOn(task).finally(() => {
      ended = true;
    });
    end.catch(() => {});
    // The server keeps a list of a user's connections, which may not have this one yet.
    for (; !ended; await Promise.race([end.catch(() => {}), sleep(1_000)])) await disconnect();
    await expect(end).rejects.toMatchObject({
      code: 'UNREACHABLE',
      retriable: true,
      message: expect.stringMatching(/closed the connection$/),
    });
    await task.stop();
    while ((await lab.queues.ready(queue)) < 99) await sleep(20);
    const left = bodies(await lab.readAll(options));
    expect(left).toEqual(range(left.length, 100 - left.length));
    expect(left.length).toBeGreaterThanOrEqual(99);
    await remove();
  });

  it('that is shut out by an exclusive consumer says so', async () => {
    const queue = await lab.filled(10);
    const other = await lab.consume(queue, { exclusive: true });
    const message = `queue ${queue} has an exclusive consumer`;
    await lab.queues.publish(queue, [{ body: Buffer.from('more') }]);
    await expect(lab.readAll({ queues: [queue] })).rejects.toMatchObject({ code: 'FORBIDDEN', message });
    expect(await lab.check({ queues: [queue] })).toMatchObject([{ code: 'FORBIDDEN', option: 'source.queues', message }]);
    await other.close();
  });

  it('that gets nothing, because another consumer is the single active one, says so', async () => {
    const queue = await lab.filled(10, 'classic', { 'x-single-active-consumer': true });
    const other = await lab.consume(queue);
    await expect(lab.readAll({ queues: [queue] })).rejects.toMatchObject({
      code: 'TIMEOUT',
      retriable: true,
      message: expect.stringMatching(/has \d+ messages and gives none of them to this consumer/),
      remedy: expect.stringContaining('single active'),
    });
    await other.close();
  });
});

describe('one of several queues', () => {
  it('that is deleted stops alone, and goes on when it is made again', async () => {
    const [deleted, other] = [await lab.filled(100), await lab.filled(300)];
    const both = { queues: [deleted, other] };
    await lab.queues.delete(deleted);
    const task = lab.task(both);
    await task.start();
    const { stopped } = await task.poll(NO_LIMIT);
    expect([...(stopped ?? [])]).toMatchObject([[deleted, { code: 'NOT_FOUND', retriable: true }]]);
    await task.stop();
    expect(bodies(await lab.readAll(both))).toEqual(range(300));
    await lab.queues.create(deleted);
    await lab.queues.publish(deleted, [{ body: Buffer.from('7') }]);
    expect(bodies(await lab.readAll(both))).toEqual([7]);
  });

  it('that is missing is told, where that is no fault', async () => {
    const queue = await lab.filled(3);
    const options = { queues: ['never-made', queue], missing: 'skip' };
    const task = lab.task(options);
    await task.start();
    expect(await task.poll(NO_LIMIT)).toMatchObject({ notices: ['queue never-made does not exist, and nothing is copied of it'] });
    await task.stop();
    expect(await lab.check(options)).toMatchObject([{ level: 'warning', code: 'NOT_FOUND', option: 'source.queues' }]);
  });
});

describe('a queue that its last consumer would take along', () => {
  it('is copied and stays, in runs of any length', async () => {
    const queue = await lab.autoDelete(200);
    const options = { queues: [queue], readBy: 'auto' };
    const task = lab.task(options);
    await task.start();
    const { records } = await task.poll({ ...NO_LIMIT, maxRecords: 5 });
    task.acknowledged(queue, records.at(-1)?.position ?? '');
    await task.stop();
    expect(await lab.settledReady(queue, 200 - records.length)).toBe(200 - records.length);
    expect(bodies(await lab.readAll(options))).toEqual(range(200 - records.length, records.length));
    expect(await lab.readAll(options)).toEqual([]);
    expect(await lab.queues.ready(queue)).toBe(0);
  });

  it('is told by a check that can see it', async () => {
    const queue = await lab.autoDelete(1);
    const { rabbitmqManagement: managementUrl } = lab.addresses;
    expect(await lab.check({ queues: [queue], managementUrl })).toMatchObject([{ level: 'error', option: 'source.readBy' }]);
    expect(await lab.check({ queues: [queue], managementUrl, readBy: 'auto' })).toMatchObject([
      { level: 'warning', option: 'source.queues' },
    ]);
    expect(await lab.queues.ready(queue)).toBe(1);
  });
});

describe('a check', () => {
  it('of hundreds of queues asks many at once', async () => {
    const queues = await Promise.all(Array.from({ length: 300 }, () => lab.create()));
    expect(await lab.check({ queues })).toEqual([]);
  }, 120_000);

  it('takes no message', async () => {
    const queue = await lab.filled(3, 'quorum');
    expect(await lab.check({ queues: [queue] })).toEqual([]);
    const [first] = await lab.readAll({ queues: [queue] });
    expect(first?.headers.map(({ name }) => name)).not.toContain('rabbitmq-redelivered');
  });

  it('tells streams and queues apart', async () => {
    const [queue, stream] = [await lab.create(), await lab.create('stream')];
    expect(await lab.check({ queues: [queue], streams: [stream] })).toEqual([]);
    expect(await lab.check({ queues: [stream], streams: [queue] })).toMatchObject([
      { code: 'WRONG_KIND', option: 'source.queues', message: `${stream} is a stream` },
      { code: 'WRONG_KIND', option: 'source.streams', message: `${queue} is no stream` },
    ]);
  });

  it('names a virtual host that is not there', async () => {
    expect(await lab.check({ queues: ['any'], vhost: 'nowhere' })).toMatchObject([{ code: 'NOT_FOUND', option: 'source.vhost' }]);
  });

  it('names an exclusive queue', async () => {
    const other = await lab.exclusiveQueue();
    expect(await lab.check({ queues: [other.queue] })).toMatchObject([{ code: 'FORBIDDEN', option: 'source.queues' }]);
    await other.close();
  });

  it('goes on to the next node where one does not answer', async () => {
    const queue = await lab.create();
    const { urls } = lab.config({ queues: [queue] });
    expect(await lab.check({ queues: [queue], urls: ['amqp://127.0.0.1:1', String(urls)] })).toEqual([]);
  });
});

describe('TLS', () => {
  it.each(['PLAIN', 'EXTERNAL'])('carries messages, with the user proven by %s', async (mechanism) => {
    const queue = await lab.filled(5);
    const { rabbitmqTls, rabbitmqCaFile, rabbitmqCertFile, rabbitmqKeyFile, rabbitmqUsername, rabbitmqPassword } = lab.addresses;
    const [ca, cert, key] = await Promise.all([rabbitmqCaFile, rabbitmqCertFile, rabbitmqKeyFile].map((file) => readFile(file, 'utf8')));
    const credentials = mechanism === 'PLAIN' ? { username: rabbitmqUsername, password: rabbitmqPassword } : { mechanism };
    const options = { urls: rabbitmqTls, ...credentials, tls: { ca, cert, key }, queues: [queue] };
    expect(await lab.check(options)).toEqual([]);
    expect(bodies(await lab.readAll(options))).toEqual(range(5));
  });
});
