import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Options } from 'amqplib';
import fc from 'fast-check';
import type { SourceRecord } from '../../../src/api/index.ts';
import { HEADER_TYPES } from '../../../src/kit/index.ts';
import { RabbitmqLab } from './rabbitmq-lab.ts';

let lab: RabbitmqLab;
let queue: string;
beforeAll(async () => {
  lab = await RabbitmqLab.open();
  queue = await lab.create();
});
afterAll(() => lab?.[Symbol.asyncDispose]());

async function copyOf(options: Options.Publish, body = Buffer.from('body'), exchange = ''): Promise<SourceRecord> {
  await lab.queues.publish(queue, [{ body, options }], exchange);
  const [record] = await lab.readAll({ queues: [queue] });
  return record as SourceRecord;
}

const texts = ({ headers }: SourceRecord): Record<string, string | undefined> =>
  Object.fromEntries(headers.map(({ name, value }) => [name, value?.toString()]));

const typesOf = (record: SourceRecord): unknown => JSON.parse(texts(record)[HEADER_TYPES] ?? '{}');

it('keeps every basic property', async () => {
  const record = await copyOf({
    contentType: 'application/json',
    contentEncoding: 'gzip',
    priority: 7,
    correlationId: 'c-1',
    replyTo: 'answers',
    expiration: '600000',
    messageId: 'm-1',
    timestamp: 1_700_000_000,
    type: 'order',
    userId: 'guest',
    appId: 'shop',
  });
  expect(record).toMatchObject({ id: 'm-1', key: Buffer.from('m-1'), timestamp: 1_700_000_000_000, value: Buffer.from('body') });
  expect(texts(record)).toEqual({
    'rabbitmq-routing-key': queue,
    'rabbitmq-content-type': 'application/json',
    'rabbitmq-content-encoding': 'gzip',
    'rabbitmq-delivery-mode': '2',
    'rabbitmq-priority': '7',
    'rabbitmq-correlation-id': 'c-1',
    'rabbitmq-reply-to': 'answers',
    'rabbitmq-expiration': '600000',
    'rabbitmq-timestamp': '1700000000',
    'rabbitmq-type': 'order',
    'rabbitmq-user-id': 'guest',
    'rabbitmq-app-id': 'shop',
  });
});

it('tells a message that was delivered before', async () => {
  await lab.queues.publish(queue, [{ body: Buffer.from('again') }]);
  const task = lab.task({ queues: [queue] });
  await task.start();
  const [first] = (await task.poll({ maxRecords: 1, maxBytes: 1_000 })).records;
  await task.stop();
  expect(await lab.settledReady(queue, 1)).toBe(1);
  const [second] = await lab.readAll({ queues: [queue] });
  expect([first, second].map((record) => texts(record as SourceRecord)['rabbitmq-redelivered'])).toEqual([undefined, 'true']);
});

describe('a header', () => {
  const typed = (type: string, value: unknown) => ({ '!': type, value });

  it.each([
    { type: 'boolean', sent: true, text: 'true' },
    { type: 'int8', sent: typed('int8', -128), text: '-128' },
    { type: 'uint8', sent: typed('uint8', 255), text: '255' },
    { type: 'int16', sent: typed('int16', -32_768), text: '-32768' },
    { type: 'uint16', sent: typed('uint16', 65_535), text: '65535' },
    { type: 'int32', sent: typed('int32', -2_147_483_648), text: '-2147483648' },
    { type: 'uint32', sent: typed('uint32', 4_294_967_295), text: '4294967295' },
    { type: 'int64', sent: typed('int64', -9_007_199_254_740_993n), text: '-9007199254740993' },
    { type: 'float', sent: typed('float', 0.5), text: '0.5' },
    { type: 'double', sent: typed('double', -0), text: '-0' },
    { type: 'double', sent: typed('double', 5e-324), text: '5e-324' },
    { type: 'decimal', sent: typed('decimal', { places: 3, digits: 1_500 }), text: '1.500' },
    { type: 'decimal', sent: typed('decimal', { places: 4, digits: 5 }), text: '0.0005' },
    { type: 'timestamp', sent: typed('timestamp', 9_007_199_254_740_993n), text: '9007199254740993' },
    { type: 'bytes', sent: Buffer.from('bytes'), text: 'bytes' },
    { type: 'array', sent: [typed('int32', 1), 'two', [null, false]], text: '[1,"two",[null,false]]' },
    {
      type: 'table',
      sent: { a: { b: typed('int64', 5n), c: Buffer.from([255]) } },
      text: '{"a":{"b":{"!":"int64","value":"5"},"c":{"!":"bytes","value":"/w=="}}}',
    },
  ])('of type $type keeps value and type: $text', async ({ type, sent, text }) => {
    const record = await copyOf({ headers: { h: sent } });
    expect(texts(record).h).toBe(text);
    expect(typesOf(record)).toEqual({ h: type });
  });

  it('of text has no type, and null is not empty', async () => {
    const record = await copyOf({ headers: { text: 'Straße', empty: '', none: null } });
    expect(record.headers).toEqual(
      expect.arrayContaining([
        { name: 'text', value: Buffer.from('Straße') },
        { name: 'empty', value: Buffer.alloc(0) },
        { name: 'none', value: null },
      ]),
    );
    expect(typesOf(record)).toEqual({});
  });

  it('that dead-lettering adds is kept', async () => {
    const source = await lab.create('classic', { 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': queue, 'x-message-ttl': 1 });
    await lab.queues.publish(source, [{ body: Buffer.from('expired') }]);
    while ((await lab.queues.ready(queue)) === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    const [record] = await lab.readAll({ queues: [queue] });
    const found = texts(record as SourceRecord);
    expect(found['x-first-death-queue']).toBe(source);
    expect(JSON.parse(found['x-death'] ?? '')).toMatchObject([{ queue: source, reason: 'expired', count: { '!': 'int64', value: '1' } }]);
  });
});

it('keeps any nested headers, by their values and types', async () => {
  const scalar = fc.oneof(
    fc.record({ sent: fc.string({ unit: 'grapheme', maxLength: 20 }) }).map(({ sent }) => ({ sent, json: sent as unknown })),
    fc.boolean().map((sent) => ({ sent, json: sent })),
    fc.constant({ sent: null, json: null }),
    fc.integer().map((value) => ({ sent: { '!': 'int32', value }, json: value })),
    fc
      .bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })
      .map((value) => ({ sent: { '!': 'int64', value }, json: { '!': 'int64', value: `${value}` } })),
  );
  const names = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 10 }).filter((name) => name !== '!');
  const { nested } = fc.letrec<{ nested: { sent: unknown; json: unknown } }>((tie) => ({
    nested: fc.oneof(
      { maxDepth: 3 },
      scalar,
      fc
        .array(tie('nested'), { maxLength: 4 })
        .map((items) => ({ sent: items.map(({ sent }) => sent), json: items.map(({ json }) => json) })),
      fc.array(fc.tuple(names, tie('nested')), { maxLength: 4 }).map((pairs) => ({
        sent: Object.fromEntries(pairs.map(([name, { sent }]) => [name, sent])),
        json: Object.fromEntries(pairs.map(([name, { json }]) => [name, json])),
      })),
    ),
  }));
  await fc.assert(
    fc.asyncProperty(nested, async ({ sent, json }) => {
      const record = await copyOf({ headers: { h: { inner: sent } } });
      expect(JSON.parse(texts(record).h ?? '')).toEqual({ inner: json });
    }),
    { numRuns: 60 },
  );
});
