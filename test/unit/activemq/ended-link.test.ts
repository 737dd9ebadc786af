import type { AddressInfo } from 'node:net';
import { expect, it } from '@jest/globals';
import rhea, { type Delivery, type EventContext } from 'rhea';
import { activemqSourceConfig } from '../../../src/connectors/activemq/config/config.ts';
import { type ConsumerSpec, consumersOf } from '../../../src/connectors/activemq/config/consumers.ts';
import { AmqpConnection } from '../../../src/connectors/activemq/protocol/amqp-connection.ts';
import { AmqpLink } from '../../../src/connectors/activemq/protocol/amqp-link.ts';
import { parseUrls } from '../../../src/connectors/activemq/protocol/connection-options.ts';

/** A broker that sends one message, and says that its queue was deleted while that is out. `told`: what came from the session since. */
async function deletingBroker() {
  const container = rhea.create_container();
  const told: string[] = [];
  const deletion = Promise.withResolvers<() => void>();
  container.on('disconnected', () => {});
  container.on('connection_open', ({ connection }: EventContext) => {
    const open = connection as unknown as Record<string, (frame: object) => void>;
    for (const kind of ['disposition', 'end']) {
      const heard = open[`on_${kind}`] as (frame: object) => void;
      open[`on_${kind}`] = (frame) => {
        told.push(kind);
        heard.call(connection, frame);
      };
    }
  });
  container.on('sender_open', ({ sender }: EventContext) => sender?.set_source({ address: 'orders' } as never));
  container.once('sendable', ({ sender }: EventContext) => {
    sender?.send({ body: 'one' });
    deletion.resolve(() => sender?.close({ condition: 'amqp:resource-deleted', description: 'deleted' }));
  });
  const server = container.listen({ port: 0, host: '127.0.0.1' });
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  const close = () => new Promise((resolve) => server.close(resolve));
  return { url: `amqp://127.0.0.1:${port}`, told, deletion: deletion.promise, close };
}

it('a link whose queue was deleted tells the broker nothing behind its end: brokers close the whole connection for that', async () => {
  const broker = await deletingBroker();
  const config = activemqSourceConfig.parse({ url: broker.url, queues: ['orders'], connectTimeoutMs: 30_000 });
  const connection = await AmqpConnection.open(config, 'source', parseUrls(config.url, 'source'), 'test');
  const got = Promise.withResolvers<Delivery>();
  const failed = Promise.withResolvers<void>();
  const events = { message: (_: unknown, delivery: Delivery) => got.resolve(delivery), drained() {}, failed: () => failed.resolve() };
  const link = await AmqpLink.open(connection, consumersOf(config)[0] as ConsumerSpec, events);
  link.addCredit(1);
  const delivery = await got.promise;
  (await broker.deletion)();
  await failed.promise;
  // The end of the session has left by now, and its answer is not there yet.
  await new Promise((resolve) => setImmediate(resolve));
  link.accept([delivery]);
  await connection.close();
  expect(broker.told).toEqual(['end']);
  await broker.close();
});
