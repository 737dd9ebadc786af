import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import rhea, { type Message } from 'rhea';
import { ActivemqBroker } from '../../../infra/local/activemq-broker.ts';
import { uniqueName } from '../../support/names.ts';
import { stackAddresses } from '../../support/stack.ts';
import { type Arrived, byPartition, type Content, contentOf, jsonOf, PLACE, type Travelling } from './content.ts';
import { bytes, sampled, texts } from './generated.ts';
import { PairLab } from './pair-lab.ts';
import { inKafka, inRabbitmq, kafkaTarget, rabbitmqTarget } from './targets.ts';

jest.setTimeout(900_000);

const QUEUES = 2;
const MESSAGES = 60;
const { types } = rhea;

interface Body {
  readonly sent: unknown;
  readonly value: Content;
  readonly kind: string;
}
interface Property {
  readonly sent: unknown;
  readonly text: Content;
  /** As `header-types` names it; absent for text. */
  readonly type?: string;
}

const bodies: fc.Arbitrary<Body> = fc.oneof(
  texts.map((text): Body => ({ sent: text, value: text, kind: 'text' })),
  bytes.map((content): Body => ({ sent: rhea.message.data_section(content), value: contentOf(content), kind: 'bytes' })),
  fc.constantFrom<Body>(
    { sent: null, value: null, kind: 'message' },
    { sent: types.wrap_map({ n: types.wrap_int(5), text: 'x' }), value: jsonOf({ map: { n: { int: 5 }, text: 'x' } }), kind: 'map' },
    { sent: rhea.message.sequence_section([types.wrap_int(1), 'two']), value: jsonOf({ list: [{ int: 1 }, 'two'] }), kind: 'stream' },
  ),
);
const properties: fc.Arbitrary<Property> = fc.oneof(
  texts.map((text): Property => ({ sent: text, text })),
  fc.constant<Property>({ sent: null, text: null }),
  fc.boolean().map((sent): Property => ({ sent, text: String(sent), type: 'boolean' })),
  fc.integer().map((value): Property => ({ sent: types.wrap_int(value), text: String(value), type: 'int' })),
  fc.maxSafeInteger().map((value): Property => ({ sent: types.wrap_long(value), text: String(value), type: 'long' })),
  fc.constant<Property>({ sent: types.wrap_double(0.1), text: '0.1', type: 'double' }),
  fc.constant<Property>({ sent: types.wrap_short(-7), text: '-7', type: 'short' }),
);
const message = fc.record({
  body: bodies,
  headers: fc.dictionary(fc.constantFrom('a', 'b', 'Straße'), properties),
  ms: fc.integer({ min: 1, max: 1_700_000_000_000 }),
});

/** What the broker itself says of a message. */
const OF_THE_BROKER =
  /^jms-(annotation-.*|destination|delivery-count|first-acquirer|persistent|priority|ttl|expiration|timestamp|message-id|user-id)$/;

describe.each(['activemq', 'artemis'] as const)('messages that go from %s', (name) => {
  const names = Array.from({ length: QUEUES }, () => uniqueName('pair'));
  const all = sampled(message, MESSAGES).map((each, index) => ({ ...each, queue: index % QUEUES, place: `${index % QUEUES} ${index}` }));
  let lab: PairLab;
  let url: string;
  beforeAll(async () => {
    url = (await stackAddresses())[name];
    lab = await PairLab.open();
  });
  afterAll(() => lab?.[Symbol.asyncDispose]());

  async function send(): Promise<void> {
    const broker = await ActivemqBroker.open(url);
    for (const { queue, place, body, headers, ms } of all) {
      const sent = Object.fromEntries(Object.entries(headers).map(([header, property]) => [header, property.sent]));
      const application_properties = { ...sent, [PLACE]: place };
      const given = { message_id: `id ${place}`, correlation_id: `c ${place}`, subject: 'order', creation_time: new Date(ms) };
      await broker.send({ name: names[queue] as string }, [{ ...given, body: body.sent, application_properties } as Message]);
    }
    await broker.close();
  }

  /** ActiveMQ's own properties become headers, and the types of properties are in one of them. */
  const travelling = ({ place, body, headers, ms }: (typeof all)[number]): Travelling => {
    const given = Object.fromEntries(Object.entries(headers).flatMap(([header, { type }]) => (type === undefined ? [] : [[header, type]])));
    return {
      key: `id ${place}`,
      value: body.value,
      headers: {
        ...Object.fromEntries(Object.entries(headers).map(([header, { text }]) => [header, [text]])),
        [PLACE]: [place],
        'jms-message-type': [body.kind],
        'jms-correlation-id': [`c ${place}`],
        'jms-type': ['order'],
        ...(Object.keys(given).length > 0 && { 'header-types': [jsonOf(given)] }),
      },
      timestamp: ms,
    };
  };

  const withoutBrokers = ({ headers, ...arrived }: Arrived): Arrived => ({
    ...arrived,
    headers: Object.fromEntries(Object.entries(headers).filter(([header]) => !OF_THE_BROKER.test(header))),
  });

  it.each([
    { to: 'Kafka', open: kafkaTarget, as: inKafka },
    { to: 'RabbitMQ', open: rabbitmqTarget, as: inRabbitmq },
  ])('arrive in $to with all properties, in the order of each queue', async ({ open, as }) => {
    const target = await open();
    try {
      await send();
      const source = { type: 'activemq-source', options: { url, queues: names, connectTimeoutMs: 30_000, idleTimeoutMs: 60_000 } };
      expect(await lab.copy(source, target.end)).toEqual({ deadLetters: 0 });
      const arrived = byPartition(await target.read(), ({ headers }) => String(headers[PLACE]));
      const sent = byPartition(all.map(travelling).map(as), ({ headers }) => String(headers[PLACE]));
      for (const [partition, records] of sent) expect(arrived.get(partition)?.map(withoutBrokers)).toEqual(records);
      expect(arrived.size).toBe(sent.size);
    } finally {
      await target.remove();
    }
  });
});
