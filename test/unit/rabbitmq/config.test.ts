import { describe, expect, it } from '@jest/globals';
import { parseConnectorFile } from '../../../src/config/parse-connector-file.ts';
import { rabbitmqSourceConfig } from '../../../src/connectors/rabbitmq/config.ts';
import { connectorTypes } from '../../../src/connectors/registry.ts';

const right = { urls: 'amqp://127.0.0.1:5672', username: 'connect', password: '${env:PASSWORD}', queues: ['orders'] };
const pem = '-----BEGIN CERTIFICATE-----\nMII=\n-----END CERTIFICATE-----';

const parse = (source: object) =>
  parseConnectorFile(
    { name: 'x', type: 'rabbitmq-source', source: { ...right, ...source }, rocketmq: { endpoints: '127.0.0.1:8081', topic: 't' } },
    connectorTypes,
  );

describe('the configuration of a RabbitMQ source', () => {
  it('needs an address, a user and a queue', () => {
    expect(rabbitmqSourceConfig.parse(right)).toEqual({
      ...right,
      vhost: '/',
      mechanism: 'PLAIN',
      heartbeatMs: 10_000,
      connectTimeoutMs: 3_000,
      startAt: 'earliest',
      onOffsetLost: 'fail',
      consumersPerQueue: 1,
    });
  });

  it.each([
    { urls: ['amqps://rabbit-1:5671', 'amqps://[::1]/'] },
    { urls: 'amqp://a,amqp://b:1' },
    { streams: ['events'] },
    { startAt: { timestamp: '2030-12-24T18:00:00Z' } },
    { startAt: { offset: 42 } },
  ])('takes %j', async (source) => {
    await expect(parse(source)).resolves.toMatchObject({
      type: 'rabbitmq-source',
    });
  });

  it.each([
    { source: { urls: 'rabbit:5672' }, option: 'source.urls' },
    { source: { urls: 'amqp://user:password@rabbit' }, option: 'source.urls' },
    { source: { urls: 'amqp://rabbit/vhost' }, option: 'source.urls' },
    { source: { queues: [] }, option: 'source.queues' },
    { source: { queues: ['a', 'a'] }, option: 'source.queues' },
    { source: { streams: ['orders'] }, option: 'source.queues' },
    { source: { streams: ['orders@1'], consumersPerQueue: 2 }, option: 'source.consumersPerQueue' },
    { source: { mechanism: 'EXTERNAL' }, option: 'source.tls.cert' },
    { source: { tls: { cert: pem } }, option: 'source.tls.key' },
    { source: { startAt: { timestamp: '2030-13-45' } }, option: 'source.startAt.timestamp' },
    { source: { startAt: { offset: -1 } }, option: 'source.startAt.offset' },
  ])('refuses $source', async ({ source, option }) => {
    await expect(parse(source)).rejects.toMatchObject({ findings: expect.arrayContaining([expect.objectContaining({ option })]) });
  });

  it.each(['username', 'password'])('misses %s where the password is the proof', (option) => {
    const { [option as 'username']: _, ...rest } = right;
    expect(rabbitmqSourceConfig.safeParse(rest).error?.issues).toMatchObject([{ path: [option], message: 'missing' }]);
  });

  it('needs neither user nor password where a certificate is the proof', () => {
    const { username: _, password: __, ...rest } = right;
    expect(rabbitmqSourceConfig.safeParse({ ...rest, mechanism: 'EXTERNAL', tls: { cert: pem, key: pem } }).success).toBe(true);
  });
});
