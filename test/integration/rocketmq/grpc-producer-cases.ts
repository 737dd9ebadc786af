import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from '@jest/globals';
import { proxyRoutes } from '../../../infra/local/rocketmq-admin/proxy-route.ts';
import type { MessageType } from '../../../infra/local/rocketmq-admin/rocketmq-admin.ts';
import { type Header, silentLogger } from '../../../src/api/index.ts';
import { recordToMessage } from '../../../src/rocketmq/record-mapping.ts';
import { messageToSinkRecord } from '../../../src/rocketmq/sink-record.ts';
import type { OutgoingMessage, RefusedError, RocketmqConfig, TopicProducer } from '../../../src/rocketmq/types.ts';
import { toGroup } from '../../../src/runtime/source/message-group.ts';
import { checkTopic } from '../../../src/transport/check-topic.ts';
import type { Topics } from './topics.ts';

const PATIENCE_MS = 120_000;
const deadline = (): number => Date.now() + PATIENCE_MS;
const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

/** A proxy, and the topics of the brokers behind it. */
export interface GrpcLab {
  readonly topics: Topics;
  /** Of its gRPC port. */
  readonly endpoints: string;
}

/** What a producer over gRPC does, whichever way the proxy reaches its brokers. */
export function grpcProducerCases(lab: () => GrpcLab): void {
  const over = (given: Partial<RocketmqConfig> = {}): Partial<RocketmqConfig> => ({
    protocol: 'grpc',
    order: 'none',
    endpoints: lab().endpoints,
    ...given,
  });

  async function open(messageType: MessageType = 'NORMAL', given: Partial<RocketmqConfig> = {}) {
    const topic = await lab().topics.create({ queues: 8, messageType });
    await proxyRoutes(lab().endpoints, topic, 8);
    const producer = await lab().topics.producer(topic, over(given));
    return { topic, producer };
  }

  const numbered = (from: number, count: number, given: Partial<OutgoingMessage> = {}): OutgoingMessage[] =>
    upTo(count).map((index) => ({
      body: Buffer.from(`${from + index}:`),
      keys: [`test/p/${from + index}`],
      properties: new Map([['connect-timestamp', String(index)]]),
      ...given,
    }));
  const stored = async (topic: string) => (await lab().topics.admin.readTopic(topic)).flat();
  /** What is stored once there are `count` messages, as RocketMQ delivers some of them later. */
  async function storedAll(topic: string, count: number) {
    let found = await stored(topic);
    for (const until = deadline(); found.length < count && Date.now() < until; await sleep(100)) found = await stored(topic);
    return found;
  }
  const numbersIn = (messages: ReadonlyArray<{ readonly body: Buffer }>) =>
    messages.map(({ body }) => Number.parseInt(body.toString(), 10));
  const everyLane = (producer: TopicProducer, send: (lane: number) => Promise<void>) => Promise.all(upTo(producer.queues).map(send));

  it('stores each message once, as it is', async () => {
    const { topic, producer } = await open();
    const all = numbered(0, 20_000);
    await everyLane(producer, (lane) => producer.send(lane, all.slice(lane * 2_500, (lane + 1) * 2_500), deadline()));
    expect(numbersIn(await stored(topic)).sort((a, b) => a - b)).toEqual(upTo(20_000));
  });

  it('keeps body, keys, tag and properties, of any length and in any script', async () => {
    const { topic, producer } = await open();
    const sent: OutgoingMessage[] = [
      { body: Buffer.from([0, 255, 128]), keys: ['a/b/1', 'schlüssel'], properties: new Map([['größe', '大']]), tag: 'blau-ü' },
      { body: Buffer.alloc(3_000_000, 'x'), keys: ['a/b/2'], properties: new Map() },
      { body: Buffer.from('y'), keys: [], properties: new Map([['long', 'v'.repeat(16_000)]]) },
    ];
    await producer.send(0, sent, deadline());
    const found = await stored(topic);
    expect(found).toHaveLength(3);
    for (const { body, keys, properties, tag } of sent) {
      const message = found.find((each) => each.body.equals(body));
      expect(message?.properties.get('KEYS')?.split(' ') ?? []).toEqual(keys);
      expect(message?.properties.get('TAGS')).toBe(tag);
      for (const [name, value] of properties) expect(message?.properties.get(name)).toBe(value);
    }
    expect(new Set(found.map(({ properties }) => properties.get('UNIQ_KEY'))).size).toBe(3);
  });

  it('names the message that RocketMQ refuses, after all before it are stored', async () => {
    const { topic, producer } = await open();
    // A proxy takes half of what a broker does.
    const tooMuch = { properties: new Map([['long', 'v'.repeat(17_000)]]) };
    const messages = [...numbered(0, 5), ...numbered(5, 1, tooMuch), ...numbered(6, 3)];
    await expect(producer.send(0, messages, deadline())).rejects.toMatchObject({ code: 'RECORD_REFUSED', index: 5 });
    expect(numbersIn(await stored(topic)).sort((a, b) => a - b)).toEqual(upTo(5));
  });

  it('brings every header of a record, however many there are, up to the size that a proxy takes', async () => {
    const { topic, producer } = await open();
    const headers = upTo(1_000).map((index) => ({ name: `h${index}`, value: Buffer.from(String(index)) }));
    const others = ['a', 'b'].map((text) => ({ name: 'again', value: Buffer.from(text) }));
    const record = { partition: 'p', id: '1', position: '', key: Buffer.from('key'), value: Buffer.from('v') };
    const recordWith = (given: readonly Header[]) => ({ ...record, headers: [...given, ...others] });
    const sent = [127, 128, 129, 1_000].map((count) => recordWith(headers.slice(0, count)));
    for (const each of sent) await producer.send(0, [recordToMessage('test', each)], deadline());
    const found = (await stored(topic)).map((message) => messageToSinkRecord(topic, 'q', message));
    expect(found).toHaveLength(sent.length);
    const byName = (given: readonly Header[]) => given.toSorted((a, b) => a.name.localeCompare(b.name));
    for (const { headers: expected } of sent) {
      const match = found.find((each) => each.headers.length === expected.length);
      expect(byName(match?.headers ?? [])).toEqual(byName(expected));
      expect(match).toMatchObject({ key: record.key, value: record.value });
    }
    const tooMuch = recordToMessage('test', recordWith(headers.map(({ name }) => ({ name, value: Buffer.from('twenty bytes of text') }))));
    const refusal = await producer.send(0, [tooMuch], deadline()).catch((error: unknown) => error as RefusedError);
    expect(refusal).toMatchObject({ code: 'RECORD_REFUSED', index: 0 });
    for (const setting of ['max is 16384', 'maxUserPropertySize', 'userPropertyMaxNum']) expect(refusal?.message).toContain(setting);
  });

  it('keeps the order of each message group in a FIFO topic', async () => {
    const { topic, producer } = await open('FIFO', { order: 'partition' });
    expect(producer.topicType).toBe('FIFO');
    const perLane = 20;
    await everyLane(producer, (lane) => producer.send(lane, numbered(lane * perLane, perLane, { group: `group-${lane}` }), deadline()));
    const found = await lab().topics.admin.readTopic(topic);
    expect(found.flat()).toHaveLength(producer.queues * perLane);
    for (const lane of upTo(producer.queues)) {
      const ofGroup = found.map((queue) => queue.filter(({ properties }) => properties.get('__SHARDINGKEY') === `group-${lane}`));
      expect(ofGroup.filter((queue) => queue.length > 0)).toHaveLength(1);
      expect(numbersIn(ofGroup.flat())).toEqual(upTo(perLane).map((index) => lane * perLane + index));
    }
  });

  it('takes message groups of any length in a FIFO topic', async () => {
    const { topic, producer } = await open('FIFO', { order: 'partition' });
    const long = ['g'.repeat(63), 'g'.repeat(64), 'ü'.repeat(500), toGroup('x'.repeat(65))];
    await producer.send(
      0,
      long.flatMap((group, index) => numbered(index * 10, 10, { group })),
      deadline(),
    );
    const queues = await lab().topics.admin.readTopic(topic);
    for (const index of long.keys()) {
      const ofGroup = queues.map((queue) => numbersIn(queue).filter((number) => Math.floor(number / 10) === index));
      expect(ofGroup.filter((numbers) => numbers.length > 0)).toEqual([upTo(10).map((number) => index * 10 + number)]);
    }
  });

  it('names the header, the limit and the setting where a time of delivery is further away than a proxy takes', async () => {
    const { producer } = await open('DELAY', { deliverAtHeader: 'deliver-at' });
    const inTwoDays = Date.now() + 2 * 86_400_000;
    const messages = [...numbered(0, 1, { deliverAt: Date.now() }), ...numbered(1, 1, { deliverAt: inTwoDays })];
    const refusal = await producer.send(0, messages, deadline()).catch((error: unknown) => error as RefusedError);
    expect(refusal).toMatchObject({ code: 'RECORD_REFUSED', index: 1 });
    expect(refusal?.message).toMatch(
      /header deliver-at \(rocketmq\.deliverAtHeader\).*max is 86400000.*raise the proxies' maxDelayTimeMills/,
    );
  });

  it('delivers messages of a DELAY topic at their times', async () => {
    const { topic, producer } = await open('DELAY', { deliverAtHeader: 'deliver-at' });
    expect(producer.topicType).toBe('DELAY');
    const [soon, later] = [1_000, 3_000].map((ms) => Date.now() + ms) as [number, number];
    await Promise.all([
      producer.send(0, numbered(0, 10, { deliverAt: later }), deadline()),
      producer.send(1, numbered(10, 10, { deliverAt: soon }), deadline()),
    ]);
    const found = await storedAll(topic, 20);
    expect(numbersIn(found).sort((a, b) => a - b)).toEqual(upTo(20));
    // A broker keeps whole seconds.
    const earliest = (number: number): number => (number < 10 ? later : soon) - 1_000;
    for (const { body, storedAt } of found) expect(storedAt).toBeGreaterThanOrEqual(earliest(Number.parseInt(body.toString(), 10)));
  });

  it('sends what is asked for to a MIXED topic: plain messages, groups in their order, and messages for later', async () => {
    const { topic, producer: plain } = await open('MIXED', { order: 'none' });
    const grouping = await lab().topics.producer(topic, over({ order: 'partition' }));
    const delaying = await lab().topics.producer(topic, over({ order: 'partition', deliverAfter: '1s' }));
    expect([plain, grouping, delaying].map(({ topicType }) => topicType)).toEqual([undefined, 'FIFO', 'DELAY']);
    const later = Date.now() + 1_000;
    await Promise.all([
      plain.send(0, numbered(0, 10), deadline()),
      grouping.send(0, numbered(10, 10, { group: 'group' }), deadline()),
      delaying.send(0, numbered(20, 10, { deliverAt: later }), deadline()),
    ]);
    const found = await storedAll(topic, 30);
    expect(numbersIn(found).sort((a, b) => a - b)).toEqual(upTo(30));
    const ofGroup = found.filter(({ properties }) => properties.get('__SHARDINGKEY') === 'group');
    expect(numbersIn(ofGroup)).toEqual(upTo(10).map((index) => 10 + index));
    expect(new Set(ofGroup.map(({ queue }) => queue)).size).toBe(1);
  });

  it('says which option is missing or wrong for the type of a topic', async () => {
    for (const [messageType, given, option, remedy] of [
      ['NORMAL', { order: 'partition' }, 'rocketmq.order', /set rocketmq.order to none.*FIFO/],
      ['FIFO', { order: 'none' }, 'rocketmq.topic', /remove rocketmq.order/],
      ['DELAY', {}, 'rocketmq.topic', /rocketmq.deliverAfter/],
      ['NORMAL', { deliverAfter: '1 minute' }, 'rocketmq.topic', /DELAY/],
      ['TRANSACTION', {}, 'rocketmq.topic', /NORMAL/],
    ] as const) {
      const topic = await lab().topics.create({ queues: 8, messageType });
      await proxyRoutes(lab().endpoints, topic, 8);
      const [found] = await checkTopic(lab().topics.config(topic, over(given)), silentLogger);
      expect(found).toMatchObject({ level: 'error', code: 'WRONG_KIND', option, remedy: expect.stringMatching(remedy) });
    }
  });

  it('finds nothing wrong with a topic that may be written', async () => {
    const topic = await lab().topics.create({ queues: 8 });
    await proxyRoutes(lab().endpoints, topic, 8);
    expect(await checkTopic(lab().topics.config(topic, over()), silentLogger)).toEqual([]);
    // No order is asked of dead letters.
    const letters = over({ order: 'partition', plainOnly: true });
    expect(await checkTopic(lab().topics.config(topic, letters), silentLogger)).toEqual([]);
    expect(await stored(topic)).toEqual([]);
  });

  it('names a topic that is missing, with the command that makes it', async () => {
    const [found] = await checkTopic(lab().topics.config('no-such-topic', over()), silentLogger);
    expect(found).toMatchObject({
      level: 'error',
      code: 'NOT_FOUND',
      option: 'rocketmq.topic',
      remedy: expect.stringMatching('updateTopic'),
    });
  });
}
