import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createRabbitmqReader } from '../../support/rabbitmq-reader.ts';
import { bodies, NO_LIMIT, RabbitmqLab, range } from './rabbitmq-lab.ts';

let lab: RabbitmqLab;
beforeAll(async () => {
  lab = await RabbitmqLab.open();
});
afterAll(() => lab?.[Symbol.asyncDispose]());

const readOn = async (task: ReturnType<RabbitmqLab['task']>) => {
  for (;;) await task.poll(NO_LIMIT);
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
    await disconnect();
    await expect(readOn(task)).rejects.toMatchObject({
      code: 'UNREACHABLE',
      retriable: true,
      message: expect.stringMatching(/closed the connection$/),
    });
    await task.stop();
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

describe('a check', () => {
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
