import { describe, expect, it } from '@jest/globals';
import { ConfigError } from '../../../src/config/config-error.ts';
import { parseConnectorFile } from '../../../src/config/parse-connector-file.ts';
import { connectorTypes } from '../../../src/connectors/registry.ts';

const least = { bootstrapServers: '127.0.0.1:9092', topics: ['flights'] };

const parse = (source: object) =>
  parseConnectorFile({ name: 'x', type: 'kafka-source', source, rocketmq: { endpoints: '127.0.0.1:8081', topic: 't' } }, connectorTypes);

async function problems(source: object): Promise<string[]> {
  const error = await parse(source).catch((thrown: unknown) => thrown);
  if (!(error instanceof ConfigError)) throw new Error('nothing was found', { cause: error });
  return error.findings.map(({ option, message, remedy }) => `${option}: ${message}; ${remedy}`);
}

describe('options of kafka-source', () => {
  it('need no more than brokers and topics', async () => {
    expect((await parse(least)).system).toEqual({
      ...least,
      startAt: 'earliest',
      onOffsetOutOfRange: 'fail',
      isolation: 'read_committed',
      clientId: 'rocketmq-connect',
      connectTimeoutMs: 3_000,
      requestTimeoutMs: 20_000,
      maxFetchBytes: 4_194_304,
    });
  });

  it.each([
    ['several brokers in one text', { bootstrapServers: 'kafka-1:9092, [::1]:9092' }],
    ['several brokers in a list', { bootstrapServers: ['kafka-1:9092', 'kafka-2:9092'] }],
    ['brokers by reference', { bootstrapServers: '${env:KAFKA}' }],
    ['a start by time', { startAt: { timestamp: '2030-12-24T18:00:00Z' } }],
    ['a start by milliseconds', { startAt: { timestamp: 978_307_200_000 } }],
    ['a start by offset', { startAt: { offsets: { 'flights-0': 42, 'flights-1': '42' } } }],
    ['credentials', { sasl: { mechanism: 'SCRAM-SHA-512', username: 'u', password: '${env:P}' } }],
    ['a token', { sasl: { mechanism: 'OAUTHBEARER', token: '${env:T}', extensions: { logicalCluster: 'lkc-1' } } }],
    [
      'an identity provider',
      {
        sasl: {
          mechanism: 'OAUTHBEARER',
          tokenEndpoint: 'https://login.example.com/oauth2/token',
          clientId: 'c',
          clientSecret: '${env:S}',
          scope: 'kafka',
        },
      },
    ],
    ['a role of AWS', { tls: { enabled: true }, sasl: { mechanism: 'AWS_MSK_IAM', region: 'us-gov-west-1' } }],
    [
      'a role of another account',
      { tls: { enabled: true }, sasl: { mechanism: 'AWS_MSK_IAM', roleArn: 'arn:aws:iam::123456789012:role/path/reader' } },
    ],
    ['encryption', { tls: { ca: '-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n', servername: 'kafka' } }],
  ])('take %s', async (_what, options) => {
    expect((await parse({ ...least, ...options })).system).toMatchObject(options);
  });

  it('take a pattern instead of topics', async () => {
    expect((await parse({ bootstrapServers: 'kafka:9092', topicsPattern: 'a.*' })).system).toMatchObject({ topicsPattern: 'a.*' });
  });

  it.each([
    [{ bootstrapServers: 'kafka' }, /^source.bootstrapServers: expected a list, .* host:port, given the text "kafka"; .*127.0.0.1:9092$/],
    [{ topicsPattern: 'a.*' }, /^source.topicsPattern: given together with source.topics; remove one/],
    [{ topics: ['a b'] }, /^source.topics\[0\]: expected a topic name/],
    [{ startAt: 'first' }, /^source.startAt: expected earliest, latest, {timestamp: time} or .*given the text "first"/],
    [{ startAt: { timestamp: 'yesterday' } }, /^source.startAt.timestamp: expected .* a time like 2030-12-24T18:00:00Z/],
    [{ startAt: { timestamp: '2030-13-32' } }, /^source.startAt.timestamp: 2030-13-32 is no date/],
    [{ startAt: { offsets: { flights: 1 } } }, /^source.startAt.offsets: "flights" is not a partition; .*like flights-0$/],
    [{ startAt: { offsets: { 'flights-0': -1 } } }, /^source.startAt.offsets.flights-0: expected an offset/],
    [{ onOffsetOutOfRange: 'earlest' }, /^source.onOffsetOutOfRange: .*did you mean earliest\?$/],
    [{ sasl: { mechanism: 'PLAIN', username: 'u', password: 'p' } }, /^source.sasl.password: holds a secret itself/],
    [{ sasl: { mechanism: 'PLAIN', username: 'u' } }, /^source.sasl.password: missing; set source.sasl.password$/],
    [{ sasl: { mechanism: 'SCRAM-SHA-512', password: '${env:P}' } }, /^source.sasl.username: missing/],
    [
      { sasl: { mechanism: 'PLAIN', username: 'u', password: '${env:P}', scope: 's' } },
      /^source.sasl.scope: does not go with PLAIN; remove it/,
    ],
    [{ sasl: { mechanism: 'OAUTHBEARER' } }, /^source.sasl.tokenEndpoint: missing; .* or set source.sasl.token$/],
    [{ sasl: { mechanism: 'OAUTHBEARER', token: 'eyJ' } }, /^source.sasl.token: holds a secret itself/],
    [{ sasl: { mechanism: 'OAUTHBEARER', token: '${env:T}', scope: 's' } }, /^source.sasl.scope: given without source.sasl.tokenEndpoint/],
    [
      { sasl: { mechanism: 'OAUTHBEARER', tokenEndpoint: 'https://a/t', clientId: 'c' } },
      /^source.sasl.clientSecret: missing; set source.sasl.clientSecret$/,
    ],
    [
      { sasl: { mechanism: 'OAUTHBEARER', tokenEndpoint: 'http://login/t', clientId: 'c', clientSecret: '${env:S}' } },
      /^source.sasl.tokenEndpoint: expected an https address/,
    ],
    [{ sasl: { mechanism: 'OAUTHBEARER', token: '${env:T}', extensions: { auth: 'x' } } }, /^source.sasl.extensions/],
    [{ sasl: { mechanism: 'AWS_MSK_IAM' } }, /^source.tls: encryption is off, .*AWS_MSK_IAM; write tls: {}/],
    [{ tls: { enabled: false }, sasl: { mechanism: 'AWS_MSK_IAM' } }, /^source.tls: encryption is off/],
    [{ tls: {}, sasl: { mechanism: 'AWS_MSK_IAM', region: 'Frankfurt' } }, /^source.sasl.region: expected a region like/],
    [{ tls: { ca: 'ca.pem' } }, /^source.tls.ca: expected certificates as PEM text/],
    [{ tls: { cert: '${env:CERT}' } }, /^source.tls.key: missing, but source.tls.cert is set/],
    [{ groupId: 'g' }, /^source.groupId: unknown option/],
  ])('refuse %j with the option and the remedy', async (options, message) => {
    expect(await problems({ ...least, ...options })).toEqual([expect.stringMatching(message)]);
  });

  it('refuse neither topics nor a pattern, and a pattern that is none', async () => {
    const { bootstrapServers } = least;
    expect(await problems({ bootstrapServers })).toEqual([
      expect.stringMatching(/^source.topics: missing; .* or set source.topicsPattern$/),
    ]);
    expect(await problems({ bootstrapServers, topicsPattern: '(' })).toEqual([
      expect.stringMatching(/^source.topicsPattern: missing closing \)/),
    ]);
  });

  it('refuse patterns beyond linear time, and an exclusion without a pattern', async () => {
    const { bootstrapServers } = least;
    expect(await problems({ bootstrapServers, topicsPattern: '(?!a).*', excludeTopicsPattern: '(b' })).toEqual([
      expect.stringMatching(/^source.topicsPattern: .*no look-around/),
      expect.stringMatching(/^source.excludeTopicsPattern: missing closing/),
    ]);
    expect(await problems({ ...least, excludeTopicsPattern: 'b' })).toEqual([
      expect.stringMatching(/^source.excludeTopicsPattern: given without source.topicsPattern/),
    ]);
  });
});
