import type { AddressInfo } from 'node:net';
import { expect, it } from '@jest/globals';
import rhea, { type EventContext } from 'rhea';
import { ConnectError } from '../../../src/api/index.ts';
import { activemqSourceConfig } from '../../../src/connectors/activemq/config/config.ts';
import { type ConsumerSpec, consumersOf } from '../../../src/connectors/activemq/config/consumers.ts';
import type { AmqpConnection } from '../../../src/connectors/activemq/protocol/amqp-connection.ts';
import { AmqpLink } from '../../../src/connectors/activemq/protocol/amqp-link.ts';
import { ActivemqClient } from '../../../src/connectors/activemq/protocol/client.ts';
import { TcpProxy } from '../../support/tcp-proxy.ts';

/** A broker that opens every link, `proxy` before it. */
async function openBroker() {
  const container = rhea.create_container();
  container.on('disconnected', () => {});
  container.on('sender_open', ({ sender }: EventContext) => sender?.set_source({ address: 'orders' } as never));
  const server = container.listen({ port: 0, host: '127.0.0.1' });
  await new Promise((resolve) => server.once('listening', resolve));
  const proxy = await TcpProxy.start(`127.0.0.1:${(server.address() as AddressInfo).port}`);
  const close = async () => {
    await proxy[Symbol.asyncDispose]();
    await new Promise((resolve) => server.close(resolve));
  };
  return { proxy, close };
}

it('a run that begins while the broker is slow leaves the connection to the one that is under way on it', async () => {
  const { proxy, close } = await openBroker();
  const config = activemqSourceConfig.parse({ url: `amqp://${proxy.address}`, queues: ['orders'], connectTimeoutMs: 30_000 });
  const [spec] = consumersOf(config) as [ConsumerSpec];
  const client = new ActivemqClient(config, 'source');
  const failures: unknown[] = [];
  const events = { message() {}, drained() {}, failed: (error: unknown) => void failures.push(error) };
  const open = (connection: AmqpConnection) => AmqpLink.open(connection, spec, events);
  try {
    const first = await client.use(open);
    proxy.set({ latencyMs: 2_000 }, 'answer');
    const second = await client.use(open);
    expect(failures).toEqual([]);
    proxy.mend();
    await Promise.all([first.close(), second.close()]);
  } finally {
    await client.close();
    await close();
  }
});

it('work that begins at once shares one connection', async () => {
  const { proxy, close } = await openBroker();
  const config = activemqSourceConfig.parse({ url: `amqp://${proxy.address}`, queues: ['orders'], connectTimeoutMs: 30_000 });
  const client = new ActivemqClient(config, 'source');
  try {
    const connections = await Promise.all(Array.from({ length: 3 }, () => client.use(async (connection) => connection)));
    expect(new Set(connections).size).toBe(1);
    connections[0]?.abandon(new ConnectError('UNREACHABLE', 'gone'));
    const others = await Promise.all(Array.from({ length: 3 }, () => client.use(async (connection) => connection)));
    expect(new Set(others).size).toBe(1);
    expect(others[0]).not.toBe(connections[0]);
  } finally {
    await client.close();
    await close();
  }
});
