import { describe, expect, it } from '@jest/globals';
import type { ConnectError, SinkRecord } from '../../../src/api/index.ts';
import { parseConnectorFile } from '../../../src/config/parse-connector-file.ts';
import { idPrefix, outgoing, targetTopic } from '../../../src/connectors/kafka/sink/mapping.ts';
import { partitionerOf } from '../../../src/connectors/kafka/sink/partitioner.ts';
import { connectorTypes } from '../../../src/connectors/registry.ts';
import { withUserNames } from '../../../src/kit/index.ts';

const parse = (sink: object) =>
  parseConnectorFile({ name: 'x', type: 'kafka-sink', sink, rocketmq: { endpoints: '127.0.0.1:8081', topic: 't' } }, connectorTypes);
const bootstrapServers = '127.0.0.1:9092';

describe('the section of a Kafka sink', () => {
  it('has a default for all but the servers', async () => {
    expect((await parse({ bootstrapServers })).system).toMatchObject({
      topic: '{{topic}}',
      partition: 'key',
      compression: 'none',
      delivery: 'at-least-once',
      startAt: 'earliest',
      ordering: 'queue',
      requestTimeoutMs: 20_000,
    });
  });

  it.each([
    [{ topic: 'a b' }, 'sink.topic', /letters, digits/],
    [{ topic: 'a{{name}}' }, 'sink.topic', /letters, digits/],
    [{ partition: 'round-robin' }, 'sink.partition', /key, queue or header:NAME/],
    [{ partition: 'header:' }, 'sink.partition', /key, queue or header:NAME/],
    [{ compression: 'brotli' }, 'sink.compression', /gzip/],
    [{ sasl: { mechanism: 'AWS_MSK_IAM' } }, 'sink.tls', /encryption is off, but sink.sasl.mechanism/],
    [{ delivery: 'exactly-once', ordering: 'key' }, 'sink.ordering', /key does not go with exactly-once/],
    [{ ordering: 'none' }, 'sink.ordering', /one of queue, key/],
    [{ ordering: 'key', lanes: 1 }, 'sink.lanes', /2 to 64/],
    [{ lanes: 4 }, 'sink.lanes', /has no effect while sink.ordering is queue/],
    [{ startAt: { offsets: { 'orders-0': 1 } } }, 'sink.startAt.offsets', /not a queue/],
  ])('refuses %j', async (wrong, option, message) => {
    await expect(parse({ bootstrapServers, ...wrong })).rejects.toMatchObject({
      findings: [expect.objectContaining({ option, message: expect.stringMatching(message) })],
    });
  });

  it('parks keys of dead letters only', async () => {
    const file = (errors: object) => ({
      name: 'x',
      type: 'kafka-sink',
      sink: { bootstrapServers },
      rocketmq: { endpoints: '127.0.0.1:8081', topic: 't' },
      errors,
    });
    await expect(parseConnectorFile(file({ parkKeys: true }), connectorTypes)).rejects.toMatchObject({
      findings: [{ option: 'errors.parkKeys', message: 'has no effect while errors.tolerance is fail' }],
    });
    const { errors } = await parseConnectorFile(file({ tolerance: 'dead-letter', deadLetterTopic: 'd', parkKeys: true }), connectorTypes);
    expect(errors.parkKeys).toBe(true);
  });

  it('gives each connector transactional ids of its own', () => {
    expect([idPrefix({}, 'x'), idPrefix({}, 'x-y'), idPrefix({ transactionalIdPrefix: 'prod-' }, 'x')]).toEqual([
      'connect-x:',
      'connect-x-y:',
      'prod-',
    ]);
  });

  it('makes a topic of a name', () => {
    expect([targetTopic('{{topic}}', 'orders'), targetTopic('a.{{topic}}.b', 'orders'), targetTopic('fixed', 'orders')]).toEqual([
      'orders',
      'a.orders.b',
      'fixed',
    ]);
  });
});

const record = (rest: Partial<SinkRecord>): SinkRecord => ({
  topic: 'orders',
  partition: 'orders:broker-a:6',
  offset: 17,
  key: null,
  value: null,
  headers: [],
  bornAt: 5,
  storedAt: 6,
  ...rest,
});

describe('the partition of a record', () => {
  it('is that of its key, or of its queue', () => {
    // What Kafka's Java client makes of it: see the hashes of murmur2.test.ts.
    expect(partitionerOf('key')(record({ key: Buffer.from('21') }), 8)).toBe((-973932308 & 0x7fffffff) % 8);
    expect(partitionerOf('key')(record({}), 4)).toBe(2);
    expect(partitionerOf('queue')(record({ key: Buffer.from('21') }), 4)).toBe(2);
  });

  it('is the last number in its header', () => {
    const headers = [
      { name: 'to:x', value: Buffer.from('9') },
      { name: 'to:x', value: Buffer.from('1') },
    ];
    expect(partitionerOf('header:to:x')(record({ headers }), 4)).toBe(1);
  });

  it.each(['', '-1', '1.5', '4', 'x', null])('is refused where its header says %j', (text) => {
    const headers = [{ name: 'to', value: text === null ? null : Buffer.from(text) }];
    expect(partitionerOf('header:to')(record({ headers }), 4)).toMatchObject({
      code: 'RECORD_REFUSED',
      message: expect.stringMatching(/^header to/),
    });
  });
});

describe('what Kafka stores', () => {
  it('has the time of the record, else that of its message', () => {
    expect(outgoing(record({ timestamp: 0 }))).toMatchObject({ timestamp: 0 });
    expect(outgoing(record({ timestamp: 2n ** 60n }))).toMatchObject({ timestamp: 2n ** 60n });
    expect(outgoing(record({}))).toMatchObject({ timestamp: 5 });
  });

  it.each([Number.NaN, 1.5, 2n ** 64n])('has no time like %s', (timestamp) => {
    expect((outgoing(record({ timestamp })) as ConnectError).code).toBe('RECORD_REFUSED');
  });

  it('has headers by the names that users gave, but where a connector gave some', () => {
    const header = (name: string) => ({ name, value: null });
    expect(withUserNames([header('a'), header('user:jms-x'), header('user:user:y')])).toEqual([
      header('a'),
      header('jms-x'),
      header('user:y'),
    ]);
    for (const given of ['jms-type', 'rabbitmq-exchange', 'header-types']) {
      const headers = [header(given), header('user:x')];
      expect(withUserNames(headers)).toBe(headers);
    }
  });
});
