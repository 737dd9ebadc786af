import type { AddressInfo } from 'node:net';
import { expect, it } from '@jest/globals';
import rhea, { type EventContext } from 'rhea';
import { silentLogger } from '../../../src/api/index.ts';
import { activemqSourceConfig } from '../../../src/connectors/activemq/config/config.ts';
import { ActivemqSourceTask } from '../../../src/connectors/activemq/source.ts';
import { WarmClients } from '../../../src/runtime/warm-clients.ts';
import { TcpProxy } from '../../support/tcp-proxy.ts';

it('a look for what a queue still holds ends with the time of the run, and then the end is not known', async () => {
  const container = rhea.create_container();
  container.on('disconnected', () => {});
  container.on('sender_open', ({ sender }: EventContext) => sender?.set_source({ address: 'orders' } as never));
  container.on('sender_draining', ({ sender }: EventContext) =>
    (sender as unknown as { set_drained(is: boolean): void }).set_drained(true),
  );
  const server = container.listen({ port: 0, host: '127.0.0.1' });
  await new Promise((resolve) => server.once('listening', resolve));
  const proxy = await TcpProxy.start(`127.0.0.1:${(server.address() as AddressInfo).port}`);
  const clients = new WarmClients();
  const stop = new AbortController();
  const config = activemqSourceConfig.parse({ url: `amqp://${proxy.address}`, queues: ['orders'], connectTimeoutMs: 60_000 });
  const common = { config, clients, signal: stop.signal, logger: silentLogger, positions: new Map(), connector: 'c', task: 0 };
  const task = new ActivemqSourceTask({ ...common, taskConfig: { partitions: ['orders'] } } as never);
  try {
    await task.start();
    while (!(await task.poll({ maxRecords: 10, maxBytes: 1_000 })).caughtUp);
    proxy.set({ swallow: true });
    const lag = task.lag();
    stop.abort();
    expect(await lag).toEqual({ unknown: 'the time of the run was over before it was seen whether its queues hold more' });
  } finally {
    proxy.reset();
    await task.stop();
    await clients.close();
    await proxy[Symbol.asyncDispose]();
    await new Promise((resolve) => server.close(resolve));
  }
});
