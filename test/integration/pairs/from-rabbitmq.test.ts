import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import { RabbitmqQueues, rabbitmqOptions } from '../../../infra/local/rabbitmq-queues.ts';
import { uniqueName } from '../../support/names.ts';
import { stackAddresses } from '../../support/stack.ts';
import { byPartition, type Content, contentOf, jsonOf, PLACE, type Travelling } from './content.ts';
import { bytes, sampled, texts } from './generated.ts';
import { type End, PairLab } from './pair-lab.ts';
import { activemqTarget, inActivemq, inKafka, kafkaTarget } from './targets.ts';

jest.setTimeout(900_000);

const QUEUES = 2;
const MESSAGES = 120;

interface Property {
  /** As amqplib publishes it. */
  readonly sent: unknown;
  readonly text: Content;
  /** As `header-types` names it; absent for text. */
  readonly type?: string;
}

const typed = (type: string, value: unknown, text = String(value)): Property => ({ sent: { '!': type, value }, text, type });
const properties: fc.Arbitrary<Property> = fc.oneof(
  texts.map((text): Property => ({ sent: text, text })),
  fc.constant<Property>({ sent: null, text: null }),
  fc.boolean().map((sent): Property => ({ sent, text: String(sent), type: 'boolean' })),
  fc.integer().map((value) => typed('int32', value)),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map((value) => typed('int64', value)),
  fc.constantFrom(
    typed('double', 0.1),
    typed('float', 0.5),
    typed('decimal', { places: 3, digits: 1_500 }, '1.500'),
    typed('timestamp', 17n),
  ),
  bytes.map((sent): Property => ({ sent, text: contentOf(sent), type: 'bytes' })),
  fc.constant<Property>({ sent: ['two', [null, false]], text: '["two",[null,false]]', type: 'array' }),
  fc.constant<Property>({ sent: { a: 'b' }, text: '{"a":"b"}', type: 'table' }),
);
const message = fc.record({
  body: bytes,
  headers: fc.dictionary(fc.constantFrom('a', 'b', 'Straße', 'c d'), properties),
  named: fc.record({ correlationId: texts.filter((text) => text !== '' && text.length < 200), type: fc.constantFrom('order', 'bill') }),
  seconds: fc.integer({ min: 1, max: 1_700_000_000 }),
});

describe('messages that go from RabbitMQ', () => {
  const names = Array.from({ length: QUEUES }, () => uniqueName('pair'));
  const all = sampled(message, MESSAGES).map((each, index) => ({ ...each, queue: index % QUEUES, place: `${index % QUEUES} ${index}` }));
  let lab: PairLab;
  let queues: RabbitmqQueues;
  let source: End;
  beforeAll(async () => {
    const { rabbitmq } = await stackAddresses();
    lab = await PairLab.open();
    queues = await RabbitmqQueues.open(rabbitmq);
    for (const name of names) await queues.create(name);
    source = { type: 'rabbitmq-source', options: { ...rabbitmqOptions(rabbitmq), queues: names } };
  });
  afterAll(async () => {
    for (const name of names) await queues?.delete(name);
    await queues?.close();
    await lab?.[Symbol.asyncDispose]();
  });

  async function publish(): Promise<void> {
    for (const { queue, place, body, headers, named, seconds } of all) {
      const sent = Object.fromEntries(Object.entries(headers).map(([name, property]) => [name, property.sent]));
      const options = { ...named, messageId: `id ${place}`, timestamp: seconds, headers: { ...sent, [PLACE]: place } };
      await queues.publish(names[queue] as string, [{ body, options }]);
    }
  }

  /** RabbitMQ's own properties become headers, and the types of headers are in one of them. */
  const travelling = ({ queue, place, body, headers, named, seconds }: (typeof all)[number]): Travelling => {
    const types = Object.fromEntries(Object.entries(headers).flatMap(([name, { type }]) => (type === undefined ? [] : [[name, type]])));
    return {
      key: `id ${place}`,
      value: contentOf(body),
      headers: {
        ...Object.fromEntries(Object.entries(headers).map(([name, { text }]) => [name, [text]])),
        [PLACE]: [place],
        'rabbitmq-routing-key': [names[queue] as string],
        'rabbitmq-delivery-mode': ['2'],
        'rabbitmq-correlation-id': [named.correlationId],
        'rabbitmq-type': [named.type],
        'rabbitmq-timestamp': [String(seconds)],
        ...(Object.keys(types).length > 0 && { 'header-types': [jsonOf(types)] }),
      },
      timestamp: seconds * 1_000,
    };
  };

  it.each([
    { to: 'Kafka', open: kafkaTarget, as: inKafka },
    { to: 'ActiveMQ Classic', open: () => activemqTarget('activemq'), as: inActivemq },
    { to: 'Artemis', open: () => activemqTarget('artemis'), as: inActivemq },
  ])('arrive in $to with all properties, in the order of each queue', async ({ open, as }) => {
    const target = await open();
    try {
      await publish();
      expect(await lab.copy(source, target.end)).toEqual({ deadLetters: 0 });
      const arrived = byPartition(await target.read(), ({ headers }) => String(headers[PLACE]));
      const sent = byPartition(all.map(travelling).map(as), ({ headers }) => String(headers[PLACE]));
      for (const [partition, records] of sent) expect(arrived.get(partition)).toEqual(records);
      expect(arrived.size).toBe(sent.size);
    } finally {
      await target.remove();
    }
  });
});
