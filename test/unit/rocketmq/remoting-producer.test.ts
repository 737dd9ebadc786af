import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { silentLogger } from '../../../src/api/index.ts';
import { openProducer } from '../../../src/rocketmq/open-producer.ts';
import { responseCode } from '../../../src/rocketmq/remoting/codes.ts';
import type { RocketmqConfig, TopicProducer } from '../../../src/rocketmq/types.ts';
import { bodiesOf, message } from './decode-body.ts';
import { FakeRocketmq, type Reaction, routeTo, stored } from './fake-rocketmq.ts';

const within = (ms: number): number => Date.now() + ms;
const failsOnce =
  (reaction: Reaction) =>
  (index: number): Reaction =>
    index === 0 ? reaction : stored;

describe('a producer whose RocketMQ has difficulties', () => {
  let rocketmq: FakeRocketmq;
  let producer: TopicProducer;

  const config = (): RocketmqConfig => ({
    endpoints: rocketmq.address,
    topic: 'orders',
    namespace: '',
    tls: false,
    requestTimeoutMs: 300,
  });

  beforeEach(async () => {
    rocketmq = await FakeRocketmq.start();
    producer = await openProducer(config(), silentLogger);
  });

  afterEach(async () => {
    await producer.close();
    await rocketmq[Symbol.asyncDispose]();
  });

  const attempts = (): string[][] => rocketmq.sends.map(({ body }) => bodiesOf(body));

  it.each([
    ['is busy', { code: responseCode.SYSTEM_BUSY, remark: '[TIMEOUT_CLEAN_QUEUE]broker busy, start flow control for a while' }],
    ['limits the flow', { code: responseCode.FLOW_CONTROL }],
    ['has a full disk for a moment', { code: responseCode.SERVICE_NOT_AVAILABLE }],
    ['fails for a reason of its own', { code: responseCode.SYSTEM_ERROR, remark: 'store putMessage return null' }],
    ['has just forgotten the topic', { code: responseCode.TOPIC_NOT_EXIST }],
    ['answers with a code that is not known', { code: 4711 }],
    ['hangs up', 'hang up'],
    ['does not answer in time', 'silence'],
    ['answers in another protocol', 'garbage'],
  ] as const)('sends the request again when RocketMQ %s', async (_, reaction) => {
    rocketmq.onSend = failsOnce(reaction);
    await producer.send(0, [message('a'), message('b')], within(60_000));
    await producer.send(0, [message('c')], within(60_000));
    expect(attempts()).toEqual([['a', 'b'], ['a', 'b'], ['c']]);
  });

  it('opens where RocketMQ is busy for a moment, and says so where it stays busy', async () => {
    let asked = 0;
    const busy = { code: responseCode.SYSTEM_BUSY, remark: 'broker busy' };
    rocketmq.onPermission = () => {
      asked += 1;
      return asked < 3 ? busy : { code: responseCode.INVALID_PARAMETER };
    };
    await (await openProducer({ ...config(), requestTimeoutMs: 30_000 }, silentLogger)).close();
    expect(asked).toBe(3);
    rocketmq.onPermission = () => busy;
    await expect(openProducer(config(), silentLogger)).rejects.toMatchObject({ code: 'THROTTLED', retriable: true });
  });

  it.each([
    ['hang up', 'hang up'],
    ['silence', 'silence'],
  ] as const)('takes a new connection after a %s', async (_, reaction) => {
    rocketmq.onSend = failsOnce(reaction);
    await producer.send(0, [message('a')], within(60_000));
    const [first, second] = rocketmq.sends;
    expect(second?.connection).toBeGreaterThan(first?.connection ?? 0);
  });

  it('waits longer from one attempt to the next', async () => {
    const times: number[] = [];
    rocketmq.onSend = (index) => {
      times.push(Date.now());
      return index < 4 ? { code: responseCode.SYSTEM_BUSY } : stored;
    };
    await producer.send(0, [message('a')], within(60_000));
    const pauses = times.slice(1).map((time, index) => time - (times[index] as number));
    for (const [index, pause] of pauses.entries()) expect(pause).toBeGreaterThanOrEqual(25 * 2 ** index - 2);
  });

  it('gives up at the deadline with the last reason, as retriable', async () => {
    rocketmq.onSend = () => ({ code: responseCode.SYSTEM_BUSY, remark: 'broker busy' });
    await expect(producer.send(0, [message('a')], within(2_000))).rejects.toMatchObject({
      code: 'THROTTLED',
      retriable: true,
      message: `rocketmq.endpoints: ${rocketmq.address} answered: broker busy (code 2)`,
    });
    expect(rocketmq.sends.length).toBeGreaterThan(1);
  });

  it('tells the last reason that there was, where the deadline cuts an attempt short', async () => {
    rocketmq.onSend = (index) => (index === 0 ? { code: responseCode.SYSTEM_BUSY, remark: 'broker busy' } : 'silence');
    // Only the deadline ends the second attempt, and on a busy machine the first one has its answer before.
    const patient = await openProducer({ ...config(), requestTimeoutMs: 60_000 }, silentLogger);
    await expect(patient.send(0, [message('a')], within(5_000))).rejects.toMatchObject({ code: 'THROTTLED', retriable: true });
    expect(attempts()).toHaveLength(2);
    await patient.close();
  });

  it('takes an answer that comes late, and sends nothing to that queue before', async () => {
    const first = Promise.withResolvers<Reaction>();
    rocketmq.onSend = (index) => (index === 0 ? first.promise : stored);
    const sends = [producer.send(0, [message('a')], within(60_000)), producer.send(0, [message('b')], within(60_000))];
    while (attempts().length === 0) await sleep(5);
    await sleep(500);
    expect(attempts()).toEqual([['a']]);
    first.resolve(stored);
    await Promise.all(sends);
    expect(attempts()).toEqual([['a'], ['b']]);
    while (rocketmq.openConnections > 1) await sleep(5);
  });

  it('takes a late refusal as any other', async () => {
    const first = Promise.withResolvers<Reaction>();
    rocketmq.onSend = (index) => (index === 0 ? first.promise : stored);
    const sent = producer.send(0, [message('bad')], within(60_000));
    while (attempts().length === 0) await sleep(5);
    await sleep(400);
    first.resolve({ code: responseCode.MESSAGE_ILLEGAL, remark: 'the message is illegal' });
    await expect(sent).rejects.toMatchObject({ code: 'RECORD_REFUSED' });
  });

  it('ends the connection by which no answer came, then sends again', async () => {
    rocketmq.onSend = failsOnce('silence');
    await producer.send(0, [message('a')], within(60_000));
    while (rocketmq.openConnections > 1) await sleep(5);
    await producer.send(0, [message('b')], within(60_000));
    expect(attempts()).toEqual([['a'], ['a'], ['b']]);
  });

  it('sends no second attempt to a RocketMQ that answers nothing at all', async () => {
    rocketmq.onSend = () => 'silence';
    rocketmq.onRoute = () => 'silence';
    // A time limit is often a share of another one, and no whole number.
    await expect(producer.send(0, [message('a')], within(1_500.5))).rejects.toMatchObject({ code: 'TIMEOUT', retriable: true });
    expect(attempts()).toEqual([['a']]);
  });

  it('leaves no connection open behind a close while it waits for a late answer', async () => {
    rocketmq.onSend = () => 'silence';
    const sent = producer.send(0, [message('a')], within(60_000));
    while (attempts().length === 0) await sleep(5);
    await sleep(400);
    await producer.close();
    await expect(sent).rejects.toMatchObject({ retriable: true });
    while (rocketmq.openConnections > 0) await sleep(5);
  });

  it('waits for an answer no longer than until the deadline', async () => {
    rocketmq.onSend = () => 'silence';
    const patient = await openProducer({ ...config(), requestTimeoutMs: 300_000 }, silentLogger);
    await expect(patient.send(0, [message('a')], within(100))).rejects.toMatchObject({ code: 'TIMEOUT', retriable: true });
    await patient.close();
  });

  it('sends nothing after the deadline', async () => {
    await expect(producer.send(0, [message('a')], within(-1))).rejects.toMatchObject({ code: 'TIMEOUT', retriable: true });
    expect(rocketmq.sends).toEqual([]);
  });

  it.each([responseCode.FLUSH_DISK_TIMEOUT, responseCode.FLUSH_SLAVE_TIMEOUT, responseCode.SLAVE_NOT_AVAILABLE])(
    'does not report sent what is stored but not safe (code %i), and does not store it again and again',
    async (code) => {
      rocketmq.onSend = () => ({ code });
      await expect(producer.send(0, [message('a')], within(60_000))).rejects.toMatchObject({ code: 'TIMEOUT', retriable: true });
      expect(attempts()).toEqual([['a']]);
    },
  );

  it('gives up at once on a missing permission', async () => {
    rocketmq.onSend = () => ({ code: responseCode.NO_PERMISSION, remark: 'no permission' });
    await expect(producer.send(0, [message('a')], within(60_000))).rejects.toMatchObject({ code: 'FORBIDDEN', retriable: false });
    expect(attempts()).toEqual([['a']]);
  });

  it.each([
    ['for good', { code: responseCode.MESSAGE_ILLEGAL, remark: 'the message is illegal' }, 'the message is illegal (code 13)'],
    [
      'for its size, which a broker answers as an error of its own',
      { code: 1, remark: 'RuntimeException: message body size exceeded' },
      'message body size exceeded (code 1)',
    ],
  ])('finds the message that is refused %s', async (_, reaction, reason) => {
    rocketmq.onSend = (_index, { body }) => (bodiesOf(body).includes('bad') ? reaction : stored);
    const messages = ['a', 'b', 'bad', 'c'].map(message);
    await expect(producer.send(0, messages, within(60_000))).rejects.toMatchObject({
      code: 'RECORD_REFUSED',
      index: 2,
      message: reason,
    });
    expect(attempts()).toEqual([['a', 'b', 'bad', 'c'], ['a', 'b'], ['bad', 'c'], ['bad']]);
  });

  it('follows the broker to another address', async () => {
    await using elsewhere = await FakeRocketmq.start();
    rocketmq.onSend = () => 'hang up';
    rocketmq.route = () => routeTo({ 'broker-a': { address: elsewhere.address, queues: 1 } });
    await producer.send(0, [message('a')], within(60_000));
    expect(elsewhere.sends.map(({ body }) => bodiesOf(body))).toEqual([['a']]);
  });

  it('takes an answer that comes in one piece with the next, or in many', async () => {
    const many = Array.from({ length: 20 }, (_, index) => message(String(index)));
    await Promise.all(many.map((one) => producer.send(0, [one], within(60_000))));
    expect(attempts().flat()).toEqual(many.map(({ body }) => body.toString()));
  });

  it('closes its connections, and ends a send that is under way', async () => {
    rocketmq.onSend = () => 'silence';
    const sending = producer.send(0, [message('a')], within(60_000));
    const outcome = expect(sending).rejects.toMatchObject({ retriable: true });
    while (rocketmq.sends.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    await producer.close();
    await outcome;
    while (rocketmq.openConnections > 0) await new Promise((resolve) => setTimeout(resolve, 5));
    await expect(producer.send(0, [message('b')], within(1_000))).rejects.toMatchObject({ retriable: true });
    expect(attempts()).toEqual([['a']]);
  });
});
