import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { SourceRecord } from '../../../src/api/index.ts';
import { takeMessages } from '../../support/activemq-messages.ts';
import { uniqueName } from '../../support/names.ts';
import { queued, throughRocketmq, write } from '../../support/sink/batches.ts';
import { stackAddresses } from '../../support/stack.ts';
import { ActivemqLab, headersOf, numbers } from './activemq-lab.ts';
import { ActivemqSinkLab } from './activemq-sink-lab.ts';
import { ArtemisQueues } from './artemis-queues.ts';
import { oddMessages } from './odd-messages.ts';

const text = (name: string, value: string) => ({ name, value: Buffer.from(value) });
describe.each(['activemq', 'artemis'] as const)('a sink to %s', (name) => {
  let lab: ActivemqLab;
  let sinks: ActivemqSinkLab;
  beforeAll(async () => {
    const url = (await stackAddresses())[name];
    lab = await ActivemqLab.open(url);
    sinks = new ActivemqSinkLab(url);
  });
  afterAll(async () => {
    await sinks?.[Symbol.asyncDispose]();
    await lab?.[Symbol.asyncDispose]();
  });

  const content = (queue: string) => takeMessages(sinks.url, queue);
  const bodiesOf = async (queue: string) => (await content(queue)).map(({ body }) => String(body?.content ?? body));

  it('gives messages back the same that went from there to RocketMQ', async () => {
    const [from, to] = [await lab.queue(oddMessages), uniqueName('sink')];
    const { records: first } = await lab.run({ queues: [from] });
    expect(first).toHaveLength(oddMessages.length);
    expect(await sinks.written({ destination: to }, first.map(throughRocketmq))).toEqual([]);
    const { records: second } = await lab.run({ queues: [to] });
    const comparable = (record: SourceRecord) => {
      const { 'header-types': said = '{}', ...headers } = headersOf(record);
      // Where a message was, and how often it was delivered, is the broker's to say; so is the id by which it drops repeats.
      const known = Object.entries(headers).filter(
        ([header]) =>
          !/^(jms-(destination|delivery-count|first-acquirer|persistent|annotation-x-opt-jms-dest)|_AMQ_DUPL_ID|JMSX.*)$/.test(header),
      );
      const { 'jms-annotation-x-opt-jms-dest': _, ...types } = JSON.parse(said) as Record<string, unknown>;
      return {
        key: record.key?.toString('hex'),
        value: record.value?.toString('hex'),
        headers: Object.fromEntries(known),
        types,
        timestamp: record.timestamp,
      };
    };
    expect(second.map(comparable)).toEqual(first.map(comparable));
    for (const record of second) expect(headersOf(record)['jms-persistent']).toBe('true');
  });

  it('writes records of other systems as bytes or text, with key and id beside them', async () => {
    const queue = uniqueName('sink');
    const records = queued(3, (index) => ({
      key: Buffer.from('k 1'),
      value: index === 0 ? null : Buffer.from('vé'),
      headers: [text('a', '1'), text('a', '2'), text('user:jms-x', 'y')],
      ...(index === 1 && { sourceKey: `${queue}/p/7` }),
    }));
    expect(await sinks.written({ destination: `queue://${queue}` }, records.slice(0, 2))).toEqual([]);
    const notText = { ...(records[2] as (typeof records)[number]), offset: 3, value: Buffer.from([255]) };
    const failed = await sinks.written({ destination: queue, messageType: 'text' }, [records[2] as (typeof records)[number], notText]);
    expect(failed).toMatchObject([{ index: 1, error: { code: 'RECORD_REFUSED', message: expect.stringContaining('no text') } }]);
    const found = await content(queue);
    expect(found.map(({ body }) => (body?.content === undefined ? body : body.content.toString('hex')))).toEqual([
      null,
      Buffer.from('vé').toString('hex'),
      'vé',
    ]);
    const ids = ['orders:broker-a:0@0', `${queue}/p/7`, 'orders:broker-a:0@2'];
    expect(found.map(({ message_id }) => message_id)).toEqual(ids);
    for (const [index, { application_properties, durable }] of found.entries()) {
      expect(durable).toBe(true);
      expect(application_properties).toMatchObject({ a: '["1","2"]', 'jms-x': 'y', 'connect-key': 'k 1' });
      const place = `orders:broker-a:0@${index}@${1_700_000_000_500 + index}`;
      expect(application_properties?._AMQ_DUPL_ID).toBe(name === 'artemis' ? `${ids[index]} ${place}` : undefined);
    }
  });

  it('refuses alone what can not be a message', async () => {
    const queue = uniqueName('sink');
    const wrong = [
      [text('jms-priority', 'urgent')],
      [text('header-types', '{"n":"int"}'), text('n', '1.5')],
      [text('jms-message-type', 'map')],
      [text('to', 'temp-queue://x')],
    ];
    const destination = `{{header:to}}`;
    const records = queued(6, (index) => ({ headers: [text('to', queue), ...(wrong[index - 1] ?? [])] }));
    const failed = await sinks.written({ destination }, records);
    expect(failed.map(({ index, error: { code } }) => [index, code])).toEqual([1, 2, 3, 4].map((index) => [index, 'RECORD_REFUSED']));
    expect(await bodiesOf(queue)).toEqual(['0', '5']);
  });

  it('writes to the destinations that records name, each in order, also to topics', async () => {
    const [one, two, topic] = [uniqueName('sink'), uniqueName('sink'), uniqueName('topic')];
    const subscription = { topic, name: uniqueName('copy') };
    await lab.run({ subscriptions: [subscription] });
    const to = [`queue://${one}`, two, `topic://${topic}`];
    const records = queued(300, (index) => ({ headers: [text('to', to[index % 3] as string)] }));
    expect(await sinks.written({ destination: '{{header:to}}' }, records)).toEqual([]);
    const mine = (place: number) => numbers(300).filter((_, index) => index % 3 === place);
    expect(await bodiesOf(one)).toEqual(mine(0));
    expect(await bodiesOf(two)).toEqual(mine(1));
    const { records: published } = await lab.run({ subscriptions: [subscription] });
    expect(published.map(({ value }) => String(value))).toEqual(mine(2));
  });

  it('writes to more destinations at once than it has links', async () => {
    const prefix = uniqueName('many');
    const records = queued(360, (index) => ({ tag: String(index % 120) }));
    const task = await sinks.task({ destination: `${prefix}.{{tag}}` });
    expect(await write(task, records)).toEqual([]);
    expect(
      await write(
        task,
        records.slice(0, 120).map((record) => ({ ...record, offset: record.offset + 360 })),
      ),
    ).toEqual([]);
    await task.stop();
    for (const index of [0, 1, 60, 118, 119]) {
      const numbered = [index, index + 120, index + 240, index].map(String);
      expect(await bodiesOf(`${prefix}.${index}`)).toEqual(numbered);
    }
  });

  it('respects credit with more than the broker gives at once', async () => {
    const queue = uniqueName('sink');
    expect(
      await sinks.written(
        { destination: queue },
        queued(5_000, () => ({})),
      ),
    ).toEqual([]);
    expect(await bodiesOf(queue)).toEqual(numbers(5_000));
  });

  it('leaves its connection to the next run', async () => {
    const queue = uniqueName('sink');
    const run = async () =>
      expect(
        await sinks.written(
          { destination: queue },
          queued(10, () => ({ sourceKey: uniqueName('key') })),
        ),
      ).toEqual([]);
    await run();
    const sockets = () => process.getActiveResourcesInfo().filter((one) => one === 'TCPSocketWrap').length;
    const opened = sockets();
    await run();
    await run();
    expect(sockets()).toBe(opened);
    expect(await bodiesOf(queue)).toHaveLength(30);
  });

  it('finds nothing wrong with a destination that may be written', async () => {
    expect(await sinks.check({}, { topics: [uniqueName('sink'), uniqueName('sink')] })).toEqual([]);
    expect(await sinks.check({ destination: `topic://${uniqueName('sink')}` })).toEqual([]);
    expect(await sinks.check({ destination: '{{tag}}' })).toEqual([]);
  });
});

it('Artemis drops what it has already, by the id of the record', async () => {
  const { artemis } = await stackAddresses();
  await using sinks = new ActivemqSinkLab(artemis);
  const queue = uniqueName('sink');
  const records = queued(100, (index) => ({ sourceKey: `${queue}/${index}` }));
  for (const repeat of [records, records.slice(50), records]) expect(await sinks.written({ destination: queue }, repeat)).toEqual([]);
  expect((await takeMessages(artemis, queue)).map(({ body }) => String(body.content))).toEqual(numbers(100));
});

it.each([
  // It has given credit for a thousand before it is full.
  { policy: 'FAIL', count: 300, means: /is full/ },
  { policy: 'BLOCK', count: 3_000, means: /gives no credit/ },
] as const)('an address of Artemis that is full ($policy) takes the rest once there is room', async ({ policy, count, means }) => {
  const { artemis } = await stackAddresses();
  await using queues = await ArtemisQueues.open(artemis);
  await using sinks = new ActivemqSinkLab(artemis);
  const destination = uniqueName('full');
  await queues.limit(destination, 20_000, policy);
  const task = await sinks.task({ destination, confirmTimeoutMs: 2_000 });
  const records = queued(count, (index) => ({ value: Buffer.from(String(index).padEnd(200)) }));
  const found: string[] = [];
  const failures: unknown[] = [];
  for (;;) {
    const failure: unknown = await write(task, records).then(
      () => undefined,
      (error: unknown) => error,
    );
    found.push(...(await takeMessages(artemis, destination)).map(({ body }) => String(body.content).trim()));
    if (failure === undefined) break;
    failures.push(failure);
  }
  await task.stop();
  const full = { code: 'THROTTLED', retriable: true, message: expect.stringMatching(means) };
  // A busy broker is late with what it confirms, too.
  expect(failures).toContainEqual(expect.objectContaining(full));
  // It may reject a record and take the next one, and drops what it has already.
  if (policy === 'FAIL') found.sort((a, b) => Number(a) - Number(b));
  expect(found).toEqual(numbers(count));
});

it('Artemis is named a queue that it does not make', async () => {
  const { artemis } = await stackAddresses();
  await using sinks = new ActivemqSinkLab(artemis);
  const destination = uniqueName('fixed.missing');
  expect(await sinks.check({ destination })).toMatchObject([{ code: 'NOT_FOUND', option: 'sink.destination' }]);
  await expect(
    sinks.written(
      { destination },
      queued(1, () => ({})),
    ),
  ).rejects.toMatchObject({ code: 'NOT_FOUND' });
});

it('a user who may not write is told so', async () => {
  const { activemq, activemqLimitedUsername: username, activemqPassword: password } = await stackAddresses();
  await using sinks = new ActivemqSinkLab(activemq);
  const destination = uniqueName('open.sink');
  await sinks.written(
    { destination },
    queued(1, () => ({})),
  );
  await expect(
    sinks.written(
      { destination, username, password },
      queued(1, () => ({})),
    ),
  ).rejects.toMatchObject({
    code: 'FORBIDDEN',
    retriable: false,
    message: `queue ${destination} may not be written by this user`,
  });
});
