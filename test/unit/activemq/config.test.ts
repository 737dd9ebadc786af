import { describe, expect, it } from '@jest/globals';
import { parseConnectorFile } from '../../../src/config/parse-connector-file.ts';
import { activemqSourceConfig } from '../../../src/connectors/activemq/config/config.ts';
import { consumersOf } from '../../../src/connectors/activemq/config/consumers.ts';
import { connectionKey, parseUrls } from '../../../src/connectors/activemq/protocol/connection-options.ts';
import { connectorTypes } from '../../../src/connectors/registry.ts';

const right = { url: 'amqp://127.0.0.1:5672', queues: ['orders'] };
const pem = '-----BEGIN CERTIFICATE-----\nMII=\n-----END CERTIFICATE-----';

const parse = (source: object) =>
  parseConnectorFile(
    { name: 'x', type: 'activemq-source', source: { ...right, ...source }, rocketmq: { endpoints: '127.0.0.1:8081', topic: 't' } },
    connectorTypes,
  );

describe('the configuration of an ActiveMQ source', () => {
  it('needs an address and a queue', () => {
    expect(activemqSourceConfig.parse(right)).toEqual({
      ...right,
      consumersPerQueue: 1,
      connectTimeoutMs: 3_000,
      idleTimeoutMs: 10_000,
    });
  });

  it.each([
    { url: ['amqp://a', 'amqps://[::1]:5671'] },
    { url: 'amqp://a,amqp://b:1' },
    { username: 'connect', password: '${env:PASSWORD}' },
    { url: 'amqps://a', mechanism: 'EXTERNAL', tls: { cert: pem, key: '${env:KEY}' } },
    { mechanism: 'ANONYMOUS' },
    { subscriptions: [{ topic: 'prices', name: 'copy', selector: 'n > 1', clientId: 'shop' }] },
    { queues: ['queue://orders', 'address::queue'] },
    { subscriptions: [{ topic: 'topic://prices', name: 'copy', clientId: 'shop', takeOver: true }] },
    { selector: "color = 'red'", selectors: { orders: 'n > 1' } },
  ])('takes %j', async (source) => {
    await expect(parse(source)).resolves.toMatchObject({ type: 'activemq-source' });
  });

  it.each([
    { source: { url: 'tcp://a:61616' }, option: 'source.url' },
    { source: { url: 'amqp://user:password@a' }, option: 'source.url' },
    { source: { url: 'failover:(amqp://a)' }, option: 'source.url' },
    { source: { queues: [] }, option: 'source.queues' },
    { source: { queues: ['a', 'a'] }, option: 'source.queues' },
    { source: { queues: ['a', 'queue://a'] }, option: 'source.queues' },
    { source: { queues: [' '] }, option: 'source.queues[0]' },
    { source: { queues: ['a', 'queue://'] }, option: 'source.queues[1]' },
    { source: { queues: ['topic://a'] }, option: 'source.queues[0]' },
    { source: { queues: ['temp-queue://a'] }, option: 'source.queues[0]' },
    { source: { queues: ['QUEUE://a'] }, option: 'source.queues[0]' },
    { source: { queues: ['address::'] }, option: 'source.queues[0]' },
    { source: { queues: ['::queue'] }, option: 'source.queues[0]' },
    { source: { queues: ['a'.repeat(401)] }, option: 'source.queues[0]' },
    { source: { subscriptions: [{ topic: 'queue://a', name: 'copy' }] }, option: 'source.subscriptions[0].topic' },
    {
      source: {
        subscriptions: [
          { topic: 'prices', name: 'copy' },
          { topic: 'stocks', name: 'copy' },
        ],
      },
      option: 'source.subscriptions',
    },
    { source: { queues: undefined }, option: 'source.queues' },
    { source: { subscriptions: [{ topic: 'prices' }] }, option: 'source.subscriptions[0].name' },
    {
      source: {
        subscriptions: [
          { topic: 'prices', name: 'copy' },
          { topic: 'prices', name: 'copy' },
        ],
      },
      option: 'source.subscriptions',
    },
    { source: { selectors: { others: 'n > 1' } }, option: 'source.selectors.others' },
    { source: { username: 'connect' }, option: 'source.password' },
    { source: { password: '${env:PASSWORD}' }, option: 'source.username' },
    { source: { username: 'connect', password: 'in the file' }, option: 'source.password' },
    { source: { mechanism: 'PLAIN' }, option: 'source.username' },
    { source: { mechanism: 'EXTERNAL' }, option: 'source.tls.cert' },
    { source: { url: 'amqps://a', tls: { cert: pem } }, option: 'source.tls.key' },
    { source: { tls: { ca: pem } }, option: 'source.tls' },
    { source: { consumersPerQueue: 0 }, option: 'source.consumersPerQueue' },
    { source: { idleTimeoutMs: 100 }, option: 'source.idleTimeoutMs' },
  ])('refuses $source', async ({ source, option }) => {
    await expect(parse(source)).rejects.toMatchObject({ findings: expect.arrayContaining([expect.objectContaining({ option })]) });
  });
});

describe('the address of a broker', () => {
  it.each([
    ['amqp://a', { encrypted: false, host: 'a', port: 5672 }],
    ['amqps://a', { encrypted: true, host: 'a', port: 5671 }],
    ['amqps://[::1]:7', { encrypted: true, host: '::1', port: 7 }],
  ])('%s', (url, address) => expect(parseUrls(url, 'source')).toEqual([{ ...address, url }]));

  it.each(['tcp://a', 'amqp://a/queue', 'amqp://'])('is refused where a secret turns out to be %s', (url) =>
    expect(() => parseUrls(url, 'source')).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' })),
  );
});

describe('the address of a broker with a password in it', () => {
  it.each(['amqp://user:pass@word@a:5672', 'amqps://user:pass@a', 'user:pass@a', 'tcp://user:pass@a'])(
    'is refused without showing it: %s',
    (url) => {
      expect(() => parseUrls(url, 'source')).toThrow(
        expect.objectContaining({
          code: 'CONFIG_INVALID',
          remedy: expect.stringContaining('source.username'),
          message: expect.not.stringContaining('pass'),
        }),
      );
    },
  );

  it('is not shown by the check of a connector file either', async () => {
    const refused = await parse({ url: 'amqp://user:hunter2@a' }).catch((error: unknown) => error);
    expect(JSON.stringify((refused as { findings: unknown }).findings)).not.toContain('hunter2');
  });
});

describe('what a configuration reads', () => {
  const partitions = (source: object) => consumersOf(activemqSourceConfig.parse({ url: 'amqp://a', ...source }));

  it('is one partition for each consumer of a queue and each subscription', () => {
    const source = { queues: ['a', 'b'], consumersPerQueue: 2, subscriptions: [{ topic: 't', name: 's' }] };
    expect(partitions(source).map(({ partition }) => partition)).toEqual(['a@0', 'a@1', 'b@0', 'b@1', 't:s']);
  });

  it('is named without the prefixes that clients write', () => {
    const specs = consumersOf(
      activemqSourceConfig.parse({ url: 'amqp://a', queues: ['queue://a'], subscriptions: [{ topic: 'topic://t', name: 's' }] }),
    );
    expect(specs).toMatchObject([
      { partition: 'a', address: 'a' },
      { partition: 't:s', address: 't' },
    ]);
  });

  it('is narrowed by the selector that is nearest', () => {
    const source = {
      queues: ['a', 'b'],
      selector: 'all',
      selectors: { b: 'own' },
      subscriptions: [
        { topic: 't', name: 's', selector: 'its' },
        { topic: 't', name: 'r' },
      ],
    };
    expect(partitions(source).map(({ selector }) => selector)).toEqual(['all', 'own', 'its', 'all']);
  });
});

describe('a connection', () => {
  const config = activemqSourceConfig.parse({ ...right, username: 'connect', password: 'secret' });

  it('is shared by what has the same address and credentials, and by nothing else', () => {
    expect(connectionKey({ ...config, queues: ['others'] } as typeof config, 'source')).toBe(connectionKey(config, 'source'));
    expect(connectionKey({ ...config, password: 'other' }, 'source')).not.toBe(connectionKey(config, 'source'));
  });

  it('has a name that shows no secret', () => expect(connectionKey(config, 'source')).not.toContain('secret'));
});
