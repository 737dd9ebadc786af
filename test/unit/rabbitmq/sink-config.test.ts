import { describe, expect, it } from '@jest/globals';
import type { SinkRecord } from '../../../src/api/index.ts';
import { parseConnectorFile } from '../../../src/config/parse-connector-file.ts';
import { bodyLimit, namedExchange, publishError, uselessExchange } from '../../../src/connectors/rabbitmq/protocol/publish/errors.ts';
import { publicationOf, targetOf } from '../../../src/connectors/rabbitmq/sink/mapping.ts';
import { connectorTypes } from '../../../src/connectors/registry.ts';
import { RecordTemplate } from '../../../src/kit/index.ts';

const parse = (sink: object) =>
  parseConnectorFile({ name: 'x', type: 'rabbitmq-sink', sink, rocketmq: { endpoints: '127.0.0.1:8081', topic: 't' } }, connectorTypes);
const least = { urls: 'amqp://127.0.0.1', username: 'u', password: '${env:P}' };

describe('the section of a RabbitMQ sink', () => {
  it('has a default for all but address and credentials: the queue of the name of the topic', async () => {
    expect((await parse(least)).system).toMatchObject({
      exchange: '',
      routingKey: '{{topic}}',
      confirmTimeoutMs: 20_000,
      startAt: 'earliest',
    });
  });

  it.each([
    [{ routingKey: 'a{{name}}' }, 'sink.routingKey', /\{\{header:NAME\}\}/],
    [{ exchange: '{{header:}}' }, 'sink.exchange', /\{\{header:NAME\}\}/],
    [{ deduplicationHeader: 'h'.repeat(256) }, 'sink.deduplicationHeader', /255 bytes/],
    [{ managementUrl: 'http://127.0.0.1:15672' }, 'sink.managementUrl', /unknown|not an option/],
    [{ mechanism: 'EXTERNAL' }, 'sink.tls.cert', /missing/],
    [{ startAt: { offsets: { orders: 1 } } }, 'sink.startAt.offsets', /not a queue/],
  ])('refuses %j', async (wrong, option, message) => {
    await expect(parse({ ...least, ...wrong })).rejects.toMatchObject({
      findings: expect.arrayContaining([expect.objectContaining({ option, message: expect.stringMatching(message) })]),
    });
  });

  it('may be empty, or have single braces', async () => {
    expect((await parse({ ...least, routingKey: '', exchange: 'a{b}' })).system).toMatchObject({ routingKey: '', exchange: 'a{b}' });
  });
});

const record = (rest: Partial<SinkRecord>): SinkRecord => ({
  topic: 'orders',
  partition: 'orders:broker-a:6',
  offset: 17,
  key: null,
  value: null,
  headers: [],
  bornAt: 5_000,
  storedAt: 6_000,
  ...rest,
});

describe('a template', () => {
  it('that names the topic alone is the same for each record', () => {
    expect(new RecordTemplate('o', 'a.{{topic}}').isFixed).toBe(true);
    expect(new RecordTemplate('o', 'a.{{topic}}').fixed('t')).toBe('a.t');
    expect(new RecordTemplate('o', '{{tag}}').isFixed).toBe(false);
  });

  it('finds headers by the names that users gave, the last of them, and keeps bytes', () => {
    const headers = [
      { name: 'user:jms-x', value: Buffer.from('1') },
      { name: 'b', value: Buffer.from('2') },
      { name: 'b', value: Buffer.from([255]) },
    ];
    expect(new RecordTemplate('o', '{{header:jms-x}}-{{header:b}}').of(record({ headers }))).toEqual(Buffer.from([49, 45, 255]));
  });

  it('takes a place that a RabbitMQ source left out for an empty one', () => {
    const { exchange, routingKey } = targetOf({ exchange: '{{header:rabbitmq-exchange}}', routingKey: '{{header:rabbitmq-routing-key}}' });
    expect([exchange.of(record({})), routingKey.of(record({}))]).toEqual([Buffer.alloc(0), Buffer.alloc(0)]);
  });
});

describe('a record', () => {
  const target = { ...targetOf({ exchange: '', routingKey: '' }), username: '' };

  it('of ActiveMQ keeps what was said of it, as headers', () => {
    const headers = [
      { name: 'jms-type', value: Buffer.from('order') },
      { name: 'user:jms-x', value: Buffer.from('1') },
      { name: 'header-types', value: Buffer.from('{"n":"int"}') },
    ];
    const properties = publicationOf(record({ headers }), target).properties.toString('latin1');
    for (const { name } of headers) expect(properties).toContain(name);
  });

  it.each([
    [{ timestamp: -1n }, -1n],
    [{ timestamp: 2n ** 62n }, 2n ** 62n / 1_000n],
    [{ timestamp: -1 }, -1n],
    [{}, 5n],
  ])('of the time %j has seconds', (time, seconds) => {
    const { properties, messageId } = publicationOf(record(time), target);
    const at = properties.indexOf(messageId) + messageId.length;
    expect(properties.readBigInt64BE(at)).toBe(seconds);
  });

  it('of an id that is too long has a short one, that is the same each time', () => {
    const [first, second, other] = ['a', 'a', 'b'].map(
      (end) => publicationOf(record({ sourceKey: 'x'.repeat(300) + end }), target).messageId,
    );
    expect(first).toHaveLength(64);
    expect(second).toEqual(first);
    expect(other).not.toEqual(first);
  });

  it('that has a place of more than 255 bytes is refused', () => {
    const long = { ...target, routingKey: new RecordTemplate('sink.routingKey', '{{key}}') };
    expect(() => publicationOf(record({ key: Buffer.alloc(256) }), long)).toThrow('its routing key has 256 bytes, and AMQP takes 255');
  });
});

describe('why a server closed a channel', () => {
  const closed = (code: number, text: string) =>
    Object.assign(new Error(`Channel closed by server: ${code} (NAME) with message "${text}"`), { code });
  const published = { exchange: "or'ders", vhost: '/', username: 'u' };

  it.each([
    [
      403,
      "ACCESS_REFUSED - access to exchange 'x' in vhost '/' refused for user 'u'",
      'FORBIDDEN',
      false,
      "add ^or'ders$ to the user's write pattern",
    ],
    [
      403,
      "ACCESS_REFUSED - write access to topic 'a.b' in exchange 'x' in vhost '/' refused for user 'u'",
      'FORBIDDEN',
      false,
      'set_topic_permissions',
    ],
    [403, "ACCESS_REFUSED - cannot publish to internal exchange 'x' in vhost '/'", 'WRONG_KIND', false, 'sink.exchange'],
    [404, "NOT_FOUND - no exchange 'x' in vhost '/'", 'NOT_FOUND', false, 'declare exchange'],
    [406, "PRECONDITION_FAILED - invalid expiration 'soon'", 'RECORD_REFUSED', false, 'properties'],
    [541, 'INTERNAL_ERROR', 'WRONG_STATE', true, 'log of the RabbitMQ node'],
  ])('is understood: %d %s', (code, text, expected, retriable, remedy) => {
    expect(publishError(closed(code, text), published)).toMatchObject({
      code: expected,
      retriable,
      remedy: expect.stringContaining(remedy),
    });
  });

  it('tells how large a body may be, and which exchange is missing', () => {
    const large = (words: string) => closed(406, `PRECONDITION_FAILED - message size 20 is larger than ${words} size 10`);
    expect([bodyLimit(large('max')), bodyLimit(large('configured max')), bodyLimit(closed(406, 'x'))]).toEqual([10, 10, undefined]);
    const missing = closed(404, "NOT_FOUND - no exchange 'a'b' in vhost '/'");
    expect([namedExchange(missing), uselessExchange(missing)]).toEqual(["a'b", 'does not exist']);
    const internal = closed(403, "ACCESS_REFUSED - cannot publish to internal exchange 'x' in vhost '/'");
    expect([namedExchange(internal), uselessExchange(internal)]).toEqual(['x', 'is internal']);
    const forbidden = closed(403, "ACCESS_REFUSED - access to exchange 'amq.default' in vhost '/' refused for user 'u'");
    expect([namedExchange(forbidden), uselessExchange(forbidden)]).toEqual(['', undefined]);
  });

  it('is said whole, also with quotes in it', () => {
    const error = publishError(closed(406, 'PRECONDITION_FAILED - invalid message: {unacceptable_type_in_header,"x",longstr}'), published);
    expect(error.message).toContain('(invalid message: {unacceptable_type_in_header,"x",longstr})');
  });
});
