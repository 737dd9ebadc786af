import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { StackAddresses } from '../../../infra/local/stack.ts';
import { HEADER_TYPES } from '../../../src/kit/index.ts';
import { contentOf, type MappedRecord, messageToRecord } from '../../../src/rocketmq/record-mapping.ts';
import { uniqueName } from '../../support/names.ts';
import { openTestStore } from '../../support/pipeline.ts';
import { TestRuntime } from '../../support/runtime.ts';
import { connectorSpec } from '../../support/specs.ts';
import { stackAddresses } from '../../support/stack.ts';
import { Topics } from '../rocketmq/topics.ts';
import { ActivemqLab, type Options, texts } from './activemq-lab.ts';
import { type SentByJms, sendByJms } from './jms-client.ts';

const EVERY_BYTE = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
const UUID_CLASS = Buffer.from('aced0005737200', 'hex');
/** Of those that the JMS client sends, the one that the broker can't put into AMQP. */
const STREAM_OF_BYTES = 9;

/** In the order in which the JMS client sends them. */
const KINDS = [
  { kind: 'message', value: null },
  { kind: 'text', value: 'Größe 東京 🚀' },
  { kind: 'text', value: '' },
  // Over AMQP a text message without text looks like this.
  { kind: 'message', value: null },
  { kind: 'bytes', value: EVERY_BYTE },
  { kind: 'bytes', value: '' },
  {
    kind: 'map',
    json: {
      map: {
        boolean: true,
        byte: { byte: -128 },
        short: { short: -32_768 },
        char: { char: 'ß' },
        int: { int: -2_147_483_648 },
        long: { long: '-9223372036854775808' },
        float: { float: 0.5 },
        double: { double: 5e-324 },
        text: 'Größe',
        none: null,
        bytes: { binary: 'AH+A/w==' },
      },
    },
  },
  { kind: 'map', json: { map: {} } },
  {
    kind: 'stream',
    json: {
      list: [
        false,
        { byte: 127 },
        { short: 32_767 },
        { char: 'ß' },
        { int: 2_147_483_647 },
        { long: '9223372036854775807' },
        { float: -0.5 },
        { double: '-0' },
        'Größe',
        null,
      ],
    },
  },
  { kind: 'stream', json: { list: [] } },
  { kind: 'object', start: UUID_CLASS },
  { kind: 'object', value: '' },
  { kind: 'text', value: 'properties' },
  { kind: 'text', value: 'headers' },
];

describe('messages of a JMS client, copied to RocketMQ', () => {
  let addresses: StackAddresses;
  let topics: Topics;
  let runtime: TestRuntime;
  let lab: ActivemqLab;
  let queue: string;
  let sent: SentByJms[];
  let arrived: MappedRecord[];
  beforeAll(async () => {
    addresses = await stackAddresses();
    topics = await Topics.open();
    runtime = new TestRuntime((await openTestStore(addresses)).store);
    lab = await ActivemqLab.open(addresses.activemq);
    queue = await lab.queue();
    sent = await sendByJms(addresses.activemqOpenwire, `queue://${queue}`);
    sent.splice(STREAM_OF_BYTES, 1);
    arrived = await copied({ queues: [queue] });
  }, 900_000);
  afterAll(async () => {
    await lab[Symbol.asyncDispose]();
    await runtime.close();
    await topics[Symbol.asyncDispose]();
  });

  async function copied(options: Options): Promise<MappedRecord[]> {
    const rocketmq = topics.config(await topics.create({ queues: 1 }), { requestTimeoutMs: 20_000 });
    const spec = connectorSpec({ name: uniqueName('jms'), type: 'activemq-source', system: lab.config(options), rocketmq });
    await runtime.apply(spec);
    await runtime.runToEnd(spec.name);
    const [stored = []] = await topics.admin.readTopic(rocketmq.topic);
    return stored.map(({ body, properties }) => messageToRecord(contentOf(body, properties)));
  }

  const headersOf = ({ headers }: MappedRecord) => Object.fromEntries(headers.map(({ name, value }) => [name, value?.toString() ?? null]));
  const typesOf = (record: MappedRecord) => JSON.parse(headersOf(record)[HEADER_TYPES] ?? '{}') as Record<string, string>;

  it.each(KINDS.map((kind, index) => ({ ...kind, index })))('keeps the body and the kind of $index, $kind', (expected) => {
    const { value, ...record } = arrived[expected.index] as MappedRecord;
    if (expected.json !== undefined) expect(JSON.parse(String(value))).toEqual(expected.json);
    else if (expected.start !== undefined) expect(value?.subarray(0, expected.start.length)).toEqual(expected.start);
    else expect(value).toEqual(typeof expected.value === 'string' ? Buffer.from(expected.value) : expected.value);
    expect(headersOf({ value, ...record })['jms-message-type']).toBe(expected.kind);
  });

  it('keeps ids and times', () => {
    expect(arrived.map(({ key, timestamp }) => [String(key), timestamp])).toEqual(sent.map(({ id, timestamp }) => [id, timestamp]));
  });

  it('keeps properties of every type', () => {
    const record = arrived[12] as MappedRecord;
    expect(headersOf(record)).toMatchObject({
      boolean: 'true',
      byte: '-1',
      short: '-2',
      int: '-3',
      long: '9007199254740993',
      float: '1.5',
      double: '-0',
      text: 'Größe',
      empty: '',
      none: null,
    });
    const { 'jms-annotation-x-opt-jms-dest': _, ...types } = typesOf(record);
    expect(types).toEqual(Object.fromEntries(['boolean', 'byte', 'short', 'int', 'long', 'float', 'double'].map((type) => [type, type])));
  });

  it('keeps the headers of JMS', () => {
    const { 'jms-ttl': ttl, [HEADER_TYPES]: _, ...headers } = headersOf(arrived[13] as MappedRecord);
    expect(headers).toEqual({
      'jms-message-type': 'text',
      'jms-message-id': sent[13]?.id,
      'jms-timestamp': String(sent[13]?.timestamp),
      'jms-expiration': String(sent[13]?.expiration),
      'jms-destination': `queue://${queue}`,
      'jms-annotation-x-opt-jms-dest': '0',
      'jms-reply-to': 'queue://answers',
      'jms-annotation-x-opt-jms-reply-to': '0',
      'jms-type': 'order',
      'jms-correlation-id': 'c-1',
      'jms-priority': '7',
      'jms-group-id': 'g-1',
      'jms-group-sequence': '5',
    });
    expect(Number(ttl)).toBeGreaterThan(3_000_000);
    expect(headersOf(arrived[12] as MappedRecord)['jms-persistent']).toBe('true');
  });

  it('leaves a stream message with bytes in it where it is: Classic does not hand it out over AMQP', async () => {
    expect(arrived).toHaveLength(KINDS.length);
    expect(await lab.broker.pending(queue)).toBe(1);
  });

  it('come to a durable subscription, and not to one of the queue of that name', async () => {
    const name = await lab.queue(1);
    const options = { subscriptions: [{ topic: name, name: uniqueName('jms') }] };
    await lab.run(options);
    await sendByJms(addresses.activemqOpenwire, `topic://${name}`);
    expect(await copied(options)).toHaveLength(KINDS.length);
    expect(texts((await lab.run({ queues: [name] })).records)).toEqual(['0']);
  }, 900_000);
});
