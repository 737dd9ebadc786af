import { describe, expect, it } from '@jest/globals';
import type { SinkRecord } from '../../../src/api/index.ts';
import { parseConnectorFile } from '../../../src/config/parse-connector-file.ts';
import { readMessage } from '../../../src/connectors/activemq/protocol/amqp-message.ts';
import { linkError } from '../../../src/connectors/activemq/protocol/errors/link-errors.ts';
import { rejection } from '../../../src/connectors/activemq/protocol/errors/send-errors.ts';
import { toRecord } from '../../../src/connectors/activemq/read/record-mapping.ts';
import { parseTarget } from '../../../src/connectors/activemq/sink/destination.ts';
import { messageOf } from '../../../src/connectors/activemq/sink/mapping.ts';
import { connectorTypes } from '../../../src/connectors/registry.ts';

const parse = (sink: object) =>
  parseConnectorFile({ name: 'x', type: 'activemq-sink', sink, rocketmq: { endpoints: '127.0.0.1:8081', topic: 't' } }, connectorTypes);
const url = 'amqp://127.0.0.1';

describe('the section of an ActiveMQ sink', () => {
  it('has a default for all but the address: the queue of the name of the topic', async () => {
    expect((await parse({ url })).system).toMatchObject({ destination: '{{topic}}', messageType: 'bytes', confirmTimeoutMs: 20_000 });
  });

  it.each([
    [{ destination: '{{name}}' }, 'sink.destination', /\{\{header:NAME\}\}/],
    [{ destination: 'temp-topic://x' }, 'sink.destination', /temporary/],
    [{ destination: 'QUEUE://orders' }, 'sink.destination', /has QUEUE:\/\/ in its name/],
    [{ messageType: 'map' }, 'sink.messageType', /bytes/],
    [{ username: 'u' }, 'sink.password', /missing/],
    [{ startAt: { offsets: { orders: 1 } } }, 'sink.startAt.offsets', /not a queue/],
  ])('refuses %j', async (wrong, option, message) => {
    await expect(parse({ url, ...wrong })).rejects.toMatchObject({
      findings: [expect.objectContaining({ option, message: expect.stringMatching(message) })],
    });
  });

  it.each([
    ['orders', { kind: 'queue', address: 'orders' }],
    ['queue://orders', { kind: 'queue', address: 'orders' }],
    ['topic://a.b', { kind: 'topic', address: 'a.b' }],
  ])('names with %s one destination', (text, target) => expect(parseTarget(Buffer.from(text))).toEqual(target));

  it.each(['tags.*', 'q.>', 'a,topic://b', 'a?consumer.exclusive=true', 'tags.paid ', 'QUEUE://orders', 'queue://Topic://orders'])(
    'takes %j, as a record names it, for no destination',
    (text) => {
      expect(() => parseTarget(Buffer.from(text), true)).toThrow(expect.objectContaining({ code: 'RECORD_REFUSED' }));
    },
  );

  it.each(['', 'queue://', 'temp-queue://x'])('takes %j for no destination', (text) => {
    expect(() => parseTarget(Buffer.from(text))).toThrow(expect.objectContaining({ code: 'RECORD_REFUSED' }));
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
const header = (name: string, value: string) => ({ name, value: Buffer.from(value) });
const plain = { messageType: 'bytes', dropsDuplicates: false } as const;

describe('a message', () => {
  it.each(['text', 'bytes', 'map', 'stream', 'object', 'message', 'value'])('of the kind %s has the body that was read', (kind) => {
    const bodies: Record<string, Buffer | null> = {
      map: Buffer.from('{"map":{"a":{"int":5},"b":{"binary":"AAEC"}}}'),
      stream: Buffer.from('{"sequences":[{"list":[{"int":1}]},{"list":["x"]}]}'),
      value: Buffer.from('{"long":"9007199254740993"}'),
      message: null,
    };
    const value = kind in bodies ? (bodies[kind] as Buffer | null) : Buffer.from('body');
    const headers = [
      header('jms-message-type', kind),
      header('jms-annotation-x-opt-jms-msg-type', String(['message', 'object', 'map', 'bytes', 'stream', 'text'].indexOf(kind) % 256)),
      header('header-types', '{"jms-annotation-x-opt-jms-msg-type":"byte"}'),
    ];
    const bytes = messageOf(record({ value, headers: kind === 'value' ? headers.slice(0, 1) : headers }), plain);
    const back = toRecord({ bytes, format: 0 }, { partition: 'p', position: '1', source: 'queue p', fallbackId: 'f' });
    expect(back).not.toHaveProperty('refused');
    expect(back.value).toEqual(value);
    expect(back.headers.find(({ name }) => name === 'jms-message-type')?.value?.toString()).toBe(kind);
  });

  it('is durable, has the id of its record, and no say in where and how often it was delivered', () => {
    const headers = [
      header('jms-persistent', 'false'),
      header('jms-delivery-count', '7'),
      header('jms-destination', 'elsewhere'),
      header('jms-priority', '9'),
    ];
    const { header: sent, properties } = readMessage(messageOf(record({ headers, sourceKey: 'c/p/1' }), plain));
    expect(sent.map(({ value }) => value)).toEqual([true, 9, null, null, null]);
    expect(properties.slice(0, 3).map(({ value }) => value)).toEqual(['c/p/1', null, null]);
  });

  it('has an id by which Artemis drops repeats of it and nothing else, and never the one that it came with', () => {
    const duplicate = (dropsDuplicates: boolean) =>
      readMessage(messageOf(record({ headers: [header('_AMQ_DUPL_ID', 'old')] }), { ...plain, dropsDuplicates })).applicationProperties.map(
        ([, { value }]) => value,
      );
    expect([duplicate(true), duplicate(false)]).toEqual([['orders:broker-a:6@17 orders:broker-a:6@17@6'], ['old']]);
  });

  it('keeps the properties of another producer whose names begin as those of a source do', () => {
    const headers = [header('jms-foo', 'mine'), header('jms-priority', '9')];
    const { header: sent, applicationProperties } = readMessage(messageOf(record({ headers }), plain));
    expect(sent[1]?.value).toBe(9);
    expect(applicationProperties.map(([{ value: name }, { value }]) => [name, value])).toEqual([['jms-foo', 'mine']]);
  });

  it('is refused where it says that it is of a kind that there is not', () => {
    expect(() => messageOf(record({ value: Buffer.from('v'), headers: [header('jms-message-type', 'hologram')] }), plain)).toThrow(
      'its header jms-message-type is "hologram"',
    );
  });

  it('of RabbitMQ keeps what was said of it, as properties', () => {
    const headers = [header('rabbitmq-routing-key', 'a'), header('header-types', '{"n":"int32"}'), header('n', '5')];
    const { applicationProperties } = readMessage(messageOf(record({ headers }), plain));
    expect(applicationProperties.map(([{ value: name }, { value }]) => [name, value])).toEqual(
      headers.map(({ name, value }) => [name, String(value)]),
    );
  });
});

describe('an answer of a broker', () => {
  it.each([
    [{ condition: 'amqp:resource-limit-exceeded', description: 'AMQ229102: Address "a" is full.' }, 'THROTTLED', true],
    [{ condition: 'failed', description: 'Usage Manager Store is Full' }, 'THROTTLED', true],
    [{ condition: 'failed', description: 'User limited is not authorized to write to: queue://a' }, 'FORBIDDEN', false],
    [{ condition: 'failed', description: 'Broker is being stopped' }, 'WRONG_STATE', true],
    [{ condition: 'amqp:decode-error', description: 'broken' }, 'RECORD_REFUSED', false],
    [undefined, 'WRONG_STATE', true],
  ])('to a message is understood: %j', (error, code, retriable) => {
    expect(rejection(error, 'queue a')).toMatchObject({ code, retriable });
  });

  it('to a link means writing', () => {
    expect(linkError({ condition: 'amqp:unauthorized-access' }, 'queue a', 'sink')).toMatchObject({
      code: 'FORBIDDEN',
      message: 'queue a may not be written by this user',
    });
  });
});
