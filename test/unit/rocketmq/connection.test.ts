import { createServer } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { RemotingClient } from '../../../src/rocketmq/remoting/client.ts';
import { requestCode } from '../../../src/rocketmq/remoting/codes.ts';
import { FakeRocketmq } from './fake-rocketmq.ts';

const route = { code: requestCode.GET_ROUTEINFO_BY_TOPIC, fields: { topic: 'orders' } };
const send = { code: requestCode.SEND_BATCH_MESSAGE, fields: { e: '0' }, body: Buffer.alloc(0) };

describe('connections to RocketMQ', () => {
  let rocketmq: FakeRocketmq;
  let client: RemotingClient;

  beforeEach(async () => {
    rocketmq = await FakeRocketmq.start();
    client = new RemotingClient({});
  });

  afterEach(async () => {
    jest.restoreAllMocks();
    client.close();
    await rocketmq[Symbol.asyncDispose]();
  });

  it('carry requests at once, also the first ones', async () => {
    await Promise.all(Array.from({ length: 20 }, () => client.request(rocketmq.address, route, 1_000)));
    expect(rocketmq.connections).toBe(1);
  });

  it('are not trusted after an idle minute, as after a thaw', async () => {
    await client.request(rocketmq.address, route, 1_000);
    const now = Date.now();
    jest.spyOn(Date, 'now').mockReturnValue(now + 59_000);
    await client.request(rocketmq.address, route, 1_000);
    expect(rocketmq.connections).toBe(1);
    jest.mocked(Date.now).mockReturnValue(now + 59_000 + 60_001);
    await client.request(rocketmq.address, route, 1_000);
    expect(rocketmq.connections).toBe(2);
    while (rocketmq.openConnections > 1) await new Promise((resolve) => setTimeout(resolve, 5));
  });

  it('are not used again after a request without an answer, which others that wait may still get', async () => {
    await client.request(rocketmq.address, route, 1_000);
    let answer: (reaction: { code: number }) => void = () => {};
    rocketmq.onSend = (index) => (index === 0 ? new Promise((resolve) => (answer = resolve)) : 'silence');
    const slow = client.request(rocketmq.address, send, 5_000);
    await expect(client.request(rocketmq.address, send, 50)).rejects.toMatchObject({ code: 'TIMEOUT' });
    await client.request(rocketmq.address, route, 1_000);
    expect(rocketmq.connections).toBe(2);
    answer({ code: 0 });
    await expect(slow).resolves.toMatchObject({ code: 0 });
    while (rocketmq.openConnections > 1) await new Promise((resolve) => setTimeout(resolve, 5));
  });

  it.each([
    ['that nothing listens at', {}, { code: 'UNREACHABLE', message: expect.stringContaining('ECONNREFUSED') }],
    [
      'with a certificate that is none',
      { cert: '-----BEGIN CERTIFICATE-----\nno\n-----END CERTIFICATE-----' },
      { code: 'CONFIG_INVALID', message: expect.stringMatching(/^rocketmq.tls: /) },
    ],
  ])('over TLS to an address %s fail, and leave no error that nobody waits for', async (_, tls, error) => {
    const over = new RemotingClient({ tls });
    await expect(over.request('127.0.0.1:1', route, 1_000)).rejects.toMatchObject(error);
    over.close();
    // Jest fails a test that lets one escape.
    await new Promise((resolve) => setTimeout(resolve, 50));
  });

  it('leave a request some time where opening one took all of it: this process may have been the slow one', async () => {
    const start = Date.now();
    let asked = 0;
    jest.spyOn(Date, 'now').mockImplementation(() => start + 600 * asked++);
    await expect(client.request(rocketmq.address, route, 500)).resolves.toMatchObject({ code: 0 });
  });

  it('leave nothing open behind a close, whatever is under way', async () => {
    rocketmq.onSend = () => 'silence';
    const requests = [client.request(rocketmq.address, send, 5_000), client.request(rocketmq.address, send, 5_000)];
    client.close();
    for (const result of await Promise.allSettled(requests)) expect(result.status).toBe('rejected');
    while (rocketmq.openConnections > 0) await new Promise((resolve) => setTimeout(resolve, 5));
    await expect(client.request(rocketmq.address, route, 1_000)).rejects.toMatchObject({ code: 'INTERRUPTED' });
  });

  it('say what to look at where another protocol is spoken', async () => {
    const server = createServer((socket) => socket.on('error', () => {}).end('HTTP/1.1 400 Bad Request\r\n\r\n')).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const address = `127.0.0.1:${(server.address() as { port: number }).port}`;
    // A time limit is often a share of another one, and no whole number.
    await expect(client.request(address, route, 999.5)).rejects.toMatchObject({
      code: 'UNREACHABLE',
      message: `rocketmq.endpoints: ${address} does not answer in RocketMQ's remoting protocol`,
      remedy: expect.stringContaining('set rocketmq.protocol to grpc'),
    });
    server.close();
  });
});
