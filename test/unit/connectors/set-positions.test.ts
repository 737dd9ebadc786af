import { describe, expect, it } from '@jest/globals';
import { type Connector, type ConnectorType, silentLogger } from '../../../src/api/index.ts';
import { connectorTypes } from '../../../src/connectors/registry.ts';
import { WarmClients } from '../../../src/runtime/warm-clients.ts';

async function connectorOf(name: string, section: object): Promise<Connector> {
  const type = (await connectorTypes[name]?.()) as ConnectorType;
  const context = { connector: 'c', logger: silentLogger, clients: new WarmClients(), signal: new AbortController().signal };
  return type.create(type.config.parse(section), context);
}

describe('positions that a person may set', () => {
  it('are offsets of Kafka', async () => {
    const { positionProblem } = await connectorOf('kafka-source', { bootstrapServers: 'k:9092', topics: ['t'] });
    const problems = ['0', '4711', undefined, '-1', '1.5', ''].map((position) => positionProblem?.('t-0', position, { partitions: [] }));
    const wrong = 'an offset is a whole number';
    expect(problems).toEqual([undefined, undefined, undefined, wrong, wrong, wrong]);
  });

  it('are offsets of streams of RabbitMQ, also of those that a plan found, and none of queues', async () => {
    const rabbitmq = await connectorOf('rabbitmq-source', {
      urls: 'amqp://r:5672',
      username: 'u',
      password: 'p',
      queues: ['q'],
      streams: ['s'],
    });
    const taskConfig = { partitions: [], options: { foundStreams: ['found'] } };
    const problem = (partition: string, position?: string) => rabbitmq.positionProblem?.(partition, position, taskConfig);
    expect([problem('s', '7'), problem('s', '7#8f3a11c2d4e5'), problem('s'), problem('found', '7')]).toEqual(Array(4).fill(undefined));
    expect(problem('s', 'x')).toBe('an offset of a stream is a whole number');
    expect([problem('q', '7'), problem('q')]).toEqual(Array(2).fill('a queue itself knows what is left of it'));
  });

  it('are none where a sink writes exactly once, because its target has them, too', async () => {
    const kafka = { bootstrapServers: 'k:9092', topic: 't' };
    expect(await connectorOf('kafka-sink', kafka)).toMatchObject({ positionsAreIn: undefined });
    expect(await connectorOf('kafka-sink', { ...kafka, delivery: 'exactly-once' })).toMatchObject({
      positionsAreIn: 'the consumer groups connect-c:QUEUE of Kafka',
    });
    const mysql = { address: 'm:3306', username: 'u', table: 'shop.t' };
    expect(await connectorOf('mysql-sink', mysql)).toMatchObject({ positionsAreIn: 'table shop.rocketmq_connect_positions' });
    expect(await connectorOf('mysql-sink', { ...mysql, delivery: 'at-least-once' })).toMatchObject({ positionsAreIn: undefined });
  });
});
