import { describe, expect, it } from '@jest/globals';
import { parseConnectorFile } from '../../../src/config/parse-connector-file.ts';
import { connectorTypes } from '../../../src/connectors/registry.ts';

type Part = Readonly<Record<string, unknown>>;

const REMOTING = { endpoints: 'name-server:9876', topic: 'orders' };
const GRPC = { endpoints: 'proxy:8081', protocol: 'grpc', topic: 'orders' };
const RABBITMQ = { urls: ['amqp://rabbit'], username: 'connect', password: '${env:NAMED}' };
const SHARED = { bootstrapServers: ['kafka:9092'], delivery: 'shared' };

const parse = (sink: Part, rocketmq: Part, errors: Part = {}, type = 'kafka-sink') =>
  parseConnectorFile({ name: 'orders', type, sink, rocketmq, errors }, connectorTypes);

async function problems(sink: Part, rocketmq: Part, errors: Part = {}): Promise<string[]> {
  const error = await parse(sink, rocketmq, errors).then(
    () => undefined,
    (thrown) => thrown,
  );
  return (error?.findings ?? []).map(({ option, message }: Record<string, string>) => `${option}: ${message}`);
}

describe('shared delivery of a sink', () => {
  it.each([
    ['kafka-sink', { bootstrapServers: ['kafka:9092'] }],
    ['mysql-sink', { address: 'mysql:3306', username: 'connect', password: '${env:NAMED}', table: 'shop.orders' }],
    ['rabbitmq-sink', RABBITMQ],
    ['activemq-sink', { url: 'amqp://activemq' }],
  ])('is an option of each sink but the one for AWS Lambda: %s', async (type, sink) => {
    const spec = await parse({ ...sink, delivery: 'shared' }, { ...GRPC, group: 'billing', invisibleTimeMs: '2m' }, {}, type);
    expect(spec.system.delivery).toBe('shared');
    expect(spec.rocketmq).toMatchObject({ protocol: 'grpc', group: 'billing', invisibleTimeMs: 120_000 });
  });

  it('leaves the file of a sink that does not name it as it was', async () => {
    const spec = await parse(RABBITMQ, REMOTING, {}, 'rabbitmq-sink');
    expect(spec.system).not.toHaveProperty('delivery');
    expect(spec.rocketmq).not.toHaveProperty('protocol');
  });

  it('needs grpc, and grpc needs it', async () => {
    expect(await problems(SHARED, REMOTING)).toEqual([
      'rocketmq.protocol: sink.delivery: shared needs grpc: over the remoting protocol each queue is read by its offsets',
    ]);
    for (const delivery of ['at-least-once', 'exactly-once']) {
      expect(await problems({ ...SHARED, delivery }, GRPC)).toEqual([
        'sink.delivery: RocketMQ reads no queue by its offsets over gRPC, so that a sink can keep no positions there',
      ]);
    }
  });

  it.each([
    [{ startAt: 'latest' }, 'sink.startAt'],
    [{ onOffsetLost: 'earliest' }, 'sink.onOffsetLost'],
    [{ ordering: 'key' }, 'sink.ordering'],
  ])('does not go with what needs positions or an order: %p', async (options, option) => {
    expect(await problems({ ...SHARED, ...options }, GRPC)).toEqual([expect.stringMatching(new RegExp(`^${option}: .*shared`))]);
  });

  it('does not go with what RocketMQ or another task would have to tell', async () => {
    const { topic: _, ...access } = GRPC;
    expect(await problems(SHARED, { ...access, topicsPattern: 'o.*' })).toEqual([expect.stringMatching(/^rocketmq.topicsPattern: /)]);
    expect(await problems(SHARED, { ...GRPC, followResets: true })).toEqual([expect.stringMatching(/^rocketmq.followResets: /)]);
    const parking = { tolerance: 'dead-letter', deadLetterTopic: 'letters', parkKeys: true };
    expect(await problems(SHARED, GRPC, parking)).toEqual([expect.stringMatching(/^errors.parkKeys: /)]);
  });

  it('is what a group and an invisible time belong to', async () => {
    const sink = { bootstrapServers: ['kafka:9092'] };
    expect(await problems(sink, { ...REMOTING, group: 'billing', invisibleTimeMs: '1m' })).toEqual([
      'rocketmq.group: has no effect unless sink.delivery is shared',
      'rocketmq.invisibleTimeMs: has no effect unless sink.delivery is shared',
    ]);
    expect(await problems(SHARED, { ...GRPC, invisibleTimeMs: '9s' })).toEqual([expect.stringMatching(/^rocketmq.invisibleTimeMs: /)]);
  });
});
