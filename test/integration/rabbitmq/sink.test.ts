import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { connect } from 'amqplib';
import type { SourceRecord } from '../../../src/api/index.ts';
import { uniqueName } from '../../support/names.ts';
import { waitingMessages } from '../../support/rabbitmq-messages.ts';
import { createRabbitmqReader, createRabbitmqWriter } from '../../support/rabbitmq-reader.ts';
import { queued, throughRocketmq, write } from '../../support/sink/batches.ts';
import { RabbitmqLab, range } from './rabbitmq-lab.ts';
import { RabbitmqSinkLab } from './rabbitmq-sink-lab.ts';

let lab: RabbitmqLab;
let sinks: RabbitmqSinkLab;
beforeAll(async () => {
  lab = await RabbitmqLab.open();
  sinks = new RabbitmqSinkLab(lab.addresses.rabbitmq);
});
afterAll(async () => {
  await sinks?.[Symbol.asyncDispose]();
  await lab?.[Symbol.asyncDispose]();
});

const text = (name: string, value: string) => ({ name, value: Buffer.from(value) });
const content = (queue: string) => waitingMessages(lab.addresses.rabbitmq, queue);
const bodiesOf = async (queue: string) => (await content(queue)).map((message) => String(message.content));

/** An exchange and a queue that is bound to it by `key`. */
async function exchange(type: string, key: string): Promise<{ readonly name: string; readonly queue: string }> {
  const [name, queue] = [uniqueName('exchange'), await lab.create()];
  const connection = await connect(lab.addresses.rabbitmq);
  const channel = await connection.createChannel();
  await channel.assertExchange(name, type, { durable: true, autoDelete: true });
  await channel.bindQueue(queue, name, key);
  await connection.close();
  return { name, queue };
}

describe('a message', () => {
  it('that went from RabbitMQ to RocketMQ comes back the same', async () => {
    const [from, to] = [await lab.create(), await lab.create()];
    const typed = (type: string, value: unknown) => ({ '!': type, value });
    await lab.queues.publish(from, [
      {
        body: Buffer.from([0, 255]),
        options: {
          contentType: 'application/json',
          contentEncoding: 'gzip',
          priority: 7,
          correlationId: 'c-1',
          replyTo: 'answers',
          expiration: '600000',
          messageId: 'm-1',
          timestamp: 1_700_000_001,
          type: 'order',
          userId: 'guest',
          appId: 'shop',
          headers: {
            text: 'Straße',
            empty: '',
            none: null,
            yes: true,
            tiny: typed('int8', -128),
            byte: typed('uint8', 255),
            short: typed('int16', -32_768),
            word: typed('uint16', 65_535),
            int: typed('int32', -2_147_483_648),
            uint: typed('uint32', 4_294_967_295),
            long: typed('int64', -9_007_199_254_740_993n),
            float: typed('float', 0.5),
            double: typed('double', -0),
            decimal: typed('decimal', { places: 4, digits: 5 }),
            time: typed('timestamp', 9_007_199_254_740_993n),
            bytes: Buffer.from([255, 0]),
            array: [typed('int32', 1), 'two', [null, false], typed('double', 1.5)],
            table: { a: { b: typed('int64', 5n), c: Buffer.from([255]) } },
            'rabbitmq-type': 'a name that looks given',
            'user:x': 'and one that looks escaped',
            'header-types': 'and the types',
          },
        },
      },
      { body: Buffer.alloc(0), options: { messageId: '', headers: {} } },
      { body: Buffer.from('plain') },
    ]);
    const first = await lab.readAll({ queues: [from] });
    expect(await sinks.written({ routingKey: to }, first.map(throughRocketmq))).toEqual([]);
    const second = await lab.readAll({ queues: [to] });
    const [, , plain] = second;
    // One that had no id has that of its record.
    expect(String(plain?.key)).toMatch(new RegExp(`^back/${from}/`));
    const comparable = ({ key, value, headers, timestamp }: SourceRecord) => ({
      key: key?.toString().startsWith('back/') ? null : key,
      value,
      timestamp,
      headers: Object.fromEntries(
        headers.map(({ name, value: one }) => [name, name === 'rabbitmq-routing-key' ? 'queue' : one?.toString('hex')]),
      ),
    });
    const types = (records: readonly SourceRecord[]) =>
      records.map(({ headers }) => JSON.parse(headers.find(({ name }) => name === 'header-types')?.value?.toString() ?? '{}'));
    expect(types(second)).toEqual(types(first));
    const untyped = (record: SourceRecord) => {
      const { headers, ...rest } = comparable(record);
      const { 'header-types': _, ...others } = headers;
      return { ...rest, headers: others };
    };
    // A message that was transient is persistent now: a confirmation would say nothing of the other.
    expect(second.map(untyped)).toEqual(
      first
        .map(untyped)
        .map(({ headers, ...rest }) => ({ ...rest, headers: { ...headers, 'rabbitmq-delivery-mode': Buffer.from('2').toString('hex') } })),
    );
  });

  it('of another system has its key and null as headers, and an id of its own', async () => {
    const queue = await lab.create();
    const records = queued(3, (index) => ({
      key: Buffer.from('k 1'),
      value: index === 0 ? null : Buffer.from('v'),
      headers: [text('a', '1'), text('a', '2'), { name: 'bytes', value: Buffer.from([255]) }, text('user:rabbitmq-x', 'y')],
      ...(index === 1 && { sourceKey: 'source/p/7' }),
      ...(index === 2 && { messageId: 'ABC' }),
    }));
    expect(await sinks.written({ routingKey: queue, deduplicationHeader: 'x-deduplication-header' }, records)).toEqual([]);
    const found = await content(queue);
    const ids = ['orders:broker-a:0@0', 'source/p/7', 'ABC'];
    expect(found.map(({ properties: { messageId } }) => messageId)).toEqual(ids);
    expect(found.map(({ properties: { timestamp } }) => timestamp)).toEqual([1_700_000_000, undefined, 1_700_000_000]);
    for (const [index, { properties }] of found.entries()) {
      expect(properties).toMatchObject({ deliveryMode: 2 });
      expect(properties.headers).toEqual({
        a: ['1', '2'],
        bytes: Buffer.from([255]),
        'rabbitmq-x': 'y',
        'connect-key': 'k 1',
        'x-deduplication-header': ids[index],
        ...(index === 0 && { 'connect-value': 'null' }),
      });
    }
  });

  it('may set properties by headers, and never those that RabbitMQ would refuse', async () => {
    const queue = await lab.create();
    const of = (name: string, value: string) => [text(name, value)];
    const headers = [
      of('rabbitmq-content-type', 'text/plain'),
      of('rabbitmq-user-id', 'somebody'),
      of('rabbitmq-priority', '256'),
      of('rabbitmq-expiration', 'soon'),
      of('header-types', '{"x":"int32"'),
      [...of('header-types', '{"x":"int32"}'), text('x', '1.5')],
      of('n'.repeat(256), 'v'),
      of('large', 'x'.repeat(200_000)),
    ];
    const failed = await sinks.written(
      { routingKey: queue },
      queued(headers.length, (index) => ({ headers: headers[index] ?? [] })),
    );
    expect(failed.map(({ index, error: { code } }) => [index, code])).toEqual(range(6, 2).map((index) => [index, 'RECORD_REFUSED']));
    expect(failed.map(({ error: { message } }) => message)).toEqual([
      expect.stringContaining('its priority is "256"'),
      expect.stringContaining('rabbitmq-expiration is "soon"'),
      expect.stringContaining("header-types can't be read"),
      expect.stringContaining('header "x" is "1.5", which is no value of AMQP\'s type int32'),
      expect.stringContaining('256 bytes'),
      expect.stringContaining('its properties have'),
    ]);
    const [typed, owned] = await content(queue);
    expect(typed?.properties.contentType).toBe('text/plain');
    expect(owned?.properties).toMatchObject({ userId: undefined, headers: { 'rabbitmq-user-id': 'somebody' } });
  });
});

describe('a routing key', () => {
  it('is made of topic, tag, key and headers, and a record that lacks one is refused', async () => {
    const { name, queue } = await exchange('topic', '#');
    const options = { exchange: name, routingKey: '{{topic}}.{{tag}}.{{key}}.{{header:to}}' };
    const whole = { tag: 't', key: Buffer.from('k'), headers: [text('to', 'h')] };
    const parts = [whole, { ...whole, tag: undefined }, { ...whole, key: null }, { ...whole, headers: [] }];
    const records = queued(4, () => ({})).map((record, index) => ({ ...record, ...parts[index] }) as typeof record);
    const failed = await sinks.written(options, records);
    expect(failed.map(({ index, error: { message } }) => [index, message])).toEqual([
      [1, 'it has no tag, which sink.routingKey names'],
      [2, 'it has no key, which sink.routingKey names'],
      [3, 'it has no header to, which sink.routingKey names'],
    ]);
    expect((await content(queue)).map(({ fields: { routingKey } }) => routingKey)).toEqual(['orders.t.k.h']);
  });

  it('that no queue is bound to refuses its record alone, also where ids repeat', async () => {
    const { name, queue } = await exchange('direct', 'known');
    const records = queued(500, (index) => ({
      headers: [text('to', index % 7 === 3 ? `unknown-${index % 3}` : 'known'), text('rabbitmq-message-id', `m-${index % 5}`)],
    }));
    const failed = await sinks.written({ exchange: name, routingKey: '{{header:to}}' }, records);
    const unroutable = range(500).filter((index) => index % 7 === 3);
    expect(failed.map(({ index }) => index)).toEqual(unroutable);
    expect(failed[0]?.error).toMatchObject({
      code: 'RECORD_REFUSED',
      message: `no queue takes it: exchange ${name} has no binding for the routing key "unknown-0"`,
      remedy: expect.stringContaining(`source='${name}'`),
    });
    expect(await bodiesOf(queue)).toEqual(
      range(500)
        .filter((index) => index % 7 !== 3)
        .map(String),
    );
  });

  it('that names no queue, with the default exchange, says so', async () => {
    const failed = await sinks.written(
      {},
      queued(1, () => ({ topic: 'no-such-queue' })),
    );
    expect(failed).toMatchObject([
      { index: 0, error: { code: 'RECORD_REFUSED', message: expect.stringContaining('no queue "no-such-queue"') } },
    ]);
  });
});

describe('an exchange', () => {
  it('that is not there ends the write, and fails the task', async () => {
    const gone = { exchange: 'no-such-exchange', routingKey: 'a' };
    await expect(
      sinks.written(
        gone,
        queued(3, () => ({})),
      ),
    ).rejects.toMatchObject({
      code: 'NOT_FOUND',
      retriable: false,
      message: 'exchange no-such-exchange does not exist',
      remedy: expect.stringContaining('declare exchange'),
    });
  });

  it('that a record names and is not there refuses that record', async () => {
    const { name, queue } = await exchange('fanout', '');
    const records = queued(6, (index) => ({ headers: [text('to', index % 2 === 0 ? name : `no-such-exchange-${index}`)] }));
    const failed = await sinks.written({ exchange: '{{header:to}}', routingKey: '' }, records);
    expect(failed.map(({ index, error: { code } }) => [index, code])).toEqual([1, 3, 5].map((index) => [index, 'RECORD_REFUSED']));
    expect(await bodiesOf(queue)).toEqual(['0', '2', '4']);
  });

  it('that a record names and is internal refuses that record, and no other', async () => {
    const { name, queue } = await exchange('fanout', '');
    const records = queued(6, (index) => ({ headers: [text('to', index === 3 ? 'amq.rabbitmq.trace' : name)] }));
    const failed = await sinks.written({ exchange: '{{header:to}}', routingKey: '' }, records);
    expect(failed).toMatchObject([{ index: 3, error: { code: 'RECORD_REFUSED', message: expect.stringContaining('amq.rabbitmq.trace') } }]);
    expect(new Set(await bodiesOf(queue))).toEqual(new Set(['0', '1', '2', '4', '5']));
  });

  it('gets nothing of a record whose header CC or BCC is no list, which would close the channel on others', async () => {
    const { name, queue } = await exchange('fanout', '');
    const records = queued(6, (index) => ({ headers: index === 3 ? [text('CC', 'elsewhere')] : [] }));
    const failed = await sinks.written({ exchange: name, routingKey: '' }, records);
    expect(failed).toMatchObject([{ index: 3, error: { code: 'RECORD_REFUSED', message: expect.stringContaining('header CC') } }]);
    expect(await bodiesOf(queue)).toEqual(['0', '1', '2', '4', '5']);
  });

  it('that this user may not write ends the write, and a check says the same', async () => {
    const { name, queue } = await exchange('direct', 'a');
    const stranger = await createRabbitmqReader('.*');
    const options = { exchange: name, routingKey: 'a', username: stranger.username, password: stranger.password };
    const says = { code: 'FORBIDDEN', message: `exchange ${name} may not be published to by this user` };
    await expect(
      sinks.written(
        options,
        queued(3, () => ({})),
      ),
    ).rejects.toMatchObject({ ...says, retriable: false });
    const [finding] = await sinks.check(options);
    expect(finding).toMatchObject({ ...says, option: 'sink.exchange' });
    expect(finding?.remedy).toContain(`add ^${name}$ to the user's write pattern`);
    expect(finding?.remedy).toContain(`rabbitmqctl list_user_permissions '${stranger.username}'`);
    expect(await bodiesOf(queue)).toEqual([]);
    await stranger.remove();
  });
});

describe('a queue that is full', () => {
  it('makes the write fail, and the next one goes on behind what it took', async () => {
    const queue = await lab.create('classic', { 'x-max-length': 5, 'x-overflow': 'reject-publish' });
    const task = await sinks.task({ routingKey: queue });
    const records = queued(12, () => ({}));
    const full = {
      code: 'WRONG_STATE',
      retriable: true,
      message: expect.stringContaining('takes no more'),
      remedy: expect.stringContaining('max-length'),
    };
    const taken: string[] = [];
    for (let round = 0; round < 100; round += 1) {
      const done = await write(task, records).then(
        () => true,
        (error: unknown) => {
          expect(error).toMatchObject(full);
          return false;
        },
      );
      taken.push(...(await lab.readAll({ queues: [queue] })).map(({ value }) => String(value)));
      if (done) break;
    }
    await task.stop();
    // A queue may take one or two more while it notices that it is full.
    expect([...new Set(taken)]).toEqual(range(12).map(String));
    expect(taken.length).toBeLessThan(20);
  });
});

describe('a task', () => {
  it('leaves its connection to the next one', async () => {
    const queue = await lab.create();
    const run = async () =>
      expect(
        await sinks.written(
          { routingKey: queue },
          queued(10, () => ({})),
        ),
      ).toEqual([]);
    await run();
    const sockets = () => process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length;
    const opened = sockets();
    await run();
    await run();
    expect(sockets()).toBe(opened);
    expect(await bodiesOf(queue)).toHaveLength(30);
  });

  it('goes on over another connection where an administrator closes it in the middle', async () => {
    const queue = await lab.create();
    const { username, password, disconnect, remove } = await createRabbitmqWriter('.*');
    const task = await sinks.task({ routingKey: queue, username, password });
    let closed = false;
    const closing = (async () => {
      // The server keeps a list of a user's connections, which may not have this one yet.
      for (let tries = 0; tries < 50 && !closed; tries += 1) await disconnect();
    })();
    let written = 0;
    while (!closed) {
      const records = queued(50, (index) => ({ value: Buffer.from(String(written + index)) }));
      try {
        await write(task, records);
        written += 50;
      } catch (error) {
        expect(error).toMatchObject({ code: 'UNREACHABLE', retriable: true });
        closed = true;
      }
    }
    await closing;
    const rest = queued(50, (index) => ({ value: Buffer.from(String(written + index)) }));
    let failure: unknown = 'none yet';
    for (let tries = 0; tries < 20 && failure !== undefined; tries += 1)
      failure = await write(task, rest).then(
        () => undefined,
        (error: unknown) => error,
      );
    expect(failure).toBeUndefined();
    await task.stop();
    await remove();
    expect([...new Set(await bodiesOf(queue))]).toEqual(range(written + 50).map(String));
  });
});

describe('a check', () => {
  it('finds nothing wrong with queue and exchange that are there, and writes nothing', async () => {
    const { name, queue } = await exchange('fanout', '');
    expect(await sinks.check({}, { topics: [queue] })).toEqual([]);
    expect(await sinks.check({ exchange: name })).toEqual([]);
    expect(await sinks.check({ exchange: '{{header:to}}' })).toEqual([]);
    expect(await bodiesOf(queue)).toEqual([]);
  });

  it('names what is not there', async () => {
    const { queue } = await exchange('fanout', '');
    expect(await sinks.check({}, { topics: [queue, 'no-such-queue'] })).toMatchObject([
      { code: 'NOT_FOUND', option: 'sink.routingKey', remedy: expect.stringContaining('declare queue name=no-such-queue') },
    ]);
    expect(await sinks.check({ exchange: 'no-such-exchange' })).toMatchObject([{ code: 'NOT_FOUND', option: 'sink.exchange' }]);
    expect(await sinks.check({ vhost: 'nowhere' })).toMatchObject([{ code: 'NOT_FOUND', option: 'sink.vhost' }]);
    expect(await sinks.check({ exchange: 'amq.rabbitmq.trace' })).toMatchObject([{ code: 'WRONG_KIND', option: 'sink.exchange' }]);
    expect(await sinks.check({ routingKey: 'x'.repeat(300) })).toMatchObject([{ code: 'CONFIG_INVALID', option: 'sink.routingKey' }]);
  });
});
