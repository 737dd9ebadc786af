import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { expect, it } from '@jest/globals';
import rhea from 'rhea';
import { activemqSourceConfig } from '../../../src/connectors/activemq/config/config.ts';
import { checkActivemq } from '../../../src/connectors/activemq/plan/check.ts';
import { checkActivemqSink } from '../../../src/connectors/activemq/sink/check.ts';
import { activemqSinkConfig } from '../../../src/connectors/activemq/sink/config.ts';
import { pollUntil } from '../../../src/kit/index.ts';

it.each([
  ['sink', (url: string, signal: AbortSignal) => checkActivemqSink(activemqSinkConfig.parse({ url }), { signal, topics: ['orders'] })],
  ['source', (url: string, signal: AbortSignal) => checkActivemq(activemqSourceConfig.parse({ url, queues: ['orders'] }), signal)],
])('a check of a %s that is given up leaves no connection behind', async (_, check) => {
  const container = rhea.create_container();
  let opened = 0;
  let closed = 0;
  container.on('connection_open', () => {
    opened += 1;
  });
  for (const event of ['connection_close', 'disconnected']) {
    container.on(event, () => {
      closed += 1;
    });
  }
  const server = container.listen({ port: 0, host: '127.0.0.1' });
  await once(server, 'listening');
  const findings = await check(`amqp://127.0.0.1:${(server.address() as AddressInfo).port}`, AbortSignal.abort());
  expect(findings).toMatchObject([{ code: 'INTERRUPTED' }]);
  expect(await pollUntil(() => opened === 1, 10, 5_000)).toBe(true);
  expect(await pollUntil(() => closed > 0, 10, 2_000)).toBe(true);
  server.close();
});
