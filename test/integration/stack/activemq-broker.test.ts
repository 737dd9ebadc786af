import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ActivemqBroker } from '../../../infra/local/activemq-broker.ts';
import { uniqueName } from '../../support/names.ts';
import { stackAddresses } from '../../support/stack.ts';
import { TcpProxy } from '../../support/tcp-proxy.ts';

describe('the client that fills ActiveMQ', () => {
  let proxy: TcpProxy;
  let broker: ActivemqBroker;
  beforeAll(async () => {
    const { host } = new URL((await stackAddresses()).activemq);
    proxy = await TcpProxy.start(host);
    broker = await ActivemqBroker.open(`amqp://${proxy.address}`);
  });
  afterAll(() => proxy?.[Symbol.asyncDispose]());

  it('says that the broker went away while it sent, and closes without one', async () => {
    const queue = { name: uniqueName('queue') };
    await broker.send(queue, [{ body: 'first' }]);
    // The broker does not answer, so that the message waits for its confirmation when the connection goes.
    proxy.set({ swallow: true }, 'answer');
    const sent = broker.send(queue, [{ body: 'second' }]);
    proxy.refuse();
    await expect(sent).rejects.toThrow('ActiveMQ has closed the connection');
    await broker.close();
  });
});
