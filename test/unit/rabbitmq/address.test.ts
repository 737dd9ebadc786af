import { expect, it } from '@jest/globals';
import { parseAddress } from '../../../src/connectors/rabbitmq/protocol/address.ts';

const options = { vhost: '/', username: 'connect', password: 'secret' };

it.each([
  { url: 'amqp://rabbit', found: {} },
  { url: 'amqp://rabbit/', found: {} },
  { url: 'amqps://rabbit:5671', found: { protocol: 'amqps', port: 5671, shown: 'amqps://rabbit:5671' } },
  { url: 'amqp://[::1]:1', found: { hostname: '::1', port: 1, shown: 'amqp://[::1]:1' } },
  { url: 'amqp://u:p%40s@rabbit/my%2Fhost', found: { username: 'u', password: 'p@s', vhost: 'my/host' } },
  { url: 'amqp://rabbit/%2f', found: { vhost: '/' } },
])('$url', ({ url, found }) => {
  const usual = { protocol: 'amqp', hostname: 'rabbit', shown: 'amqp://rabbit', ...options };
  expect(parseAddress(url, options)).toEqual({ ...usual, ...found });
});
