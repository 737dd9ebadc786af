import { describe, expect, it } from '@jest/globals';
import { parseConnectorFile } from '../../../src/config/parse-connector-file.ts';
import { rabbitmqSourceConfig } from '../../../src/connectors/rabbitmq/config/config.ts';
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
      onOffsetGap: 'fail',
      consumersPerQueue: 1,
      missing: 'fail',
      readBy: 'auto',
    });
  });

  it.each([
    { urls: ['amqps://rabbit-1:5671', 'amqps://[::1]/'] },
    { urls: 'amqp://a,amqp://b:1' },
    { urls: 'amqp://user:${env:PASSWORD}@rabbit/my%2Fvhost' },
    { urls: 'amqps://rabbit/vhost' },
    { queues: ['ü'.repeat(127)] },
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
    { source: { urls: 'amqp://rabbit/vhost?heartbeat=5' }, option: 'source.urls' },
    { source: { urls: `amqp://rabbit/${'v'.repeat(256)}` }, option: 'source.urls' },
    { source: { queues: ['ü'.repeat(200)] }, option: 'source.queues[0]' },
    { source: { streams: ['s'.repeat(256)] }, option: 'source.streams[0]' },
    { source: { vhost: 'ü'.repeat(128) }, option: 'source.vhost' },
    { source: { queuePattern: 'orders' }, option: 'source.managementUrl' },
    { source: { superStreams: ['invoices'] }, option: 'source.managementUrl' },
    { source: { queuePattern: '(', managementUrl: 'http://rabbit:15672' }, option: 'source.queuePattern' },
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

  it('needs no user and password where its addresses bring them', () => {
    const { username: _, password: __, ...rest } = right;
    expect(rabbitmqSourceConfig.safeParse({ ...rest, urls: 'amqp://user:secret@rabbit' }).success).toBe(true);
    expect(rabbitmqSourceConfig.safeParse({ ...rest, urls: ['amqp://user:secret@a', 'amqp://b'] }).success).toBe(false);
  });

  it.each([
    'amqp://user:s3cret@rabbit',
    'amqp://user:s3cret@rabbit?heartbeat=5',
    ['amqp://user:s3cret@rabbit bad'],
    'amqp://user:s3/cr@et@rabbit',
    '${env:URL:-amqp://user:s3cret@rabbit}',
  ])('does not show the password of %j', async (urls) => {
    const error = await parse({ urls }).catch((thrown) => thrown);
    expect(JSON.stringify(error.findings)).toContain('source.urls');
    expect(`${error.message} ${JSON.stringify(error.findings)}`).not.toMatch(/s3/);
  });

  it('needs neither user nor password where a certificate is the proof', () => {
    const { username: _, password: __, ...rest } = right;
    expect(rabbitmqSourceConfig.safeParse({ ...rest, mechanism: 'EXTERNAL', tls: { cert: pem, key: pem } }).success).toBe(true);
  });
});
