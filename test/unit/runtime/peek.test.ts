import { describe, expect, it } from '@jest/globals';
import { ConnectError } from '../../../src/api/index.ts';
import type { RocketmqConfig } from '../../../src/rocketmq/types.ts';
import { peek } from '../../../src/runtime/planner/peek.ts';
import type { PlannerDeps } from '../../../src/runtime/planner/planner-deps.ts';

const item = (name: string, endpoints: string, topic: string) => ({
  name,
  spec: { rocketmq: { endpoints, topic, secretKey: '${env:KEY}' }, errors: { deadLetterTopic: `${topic}-refused` } },
});
const reading = (name: string, endpoints: string, selection: object) => ({
  name,
  spec: { rocketmq: { endpoints, ...selection }, errors: {} },
});
const items = [item('a', 'one:9876', 'orders'), item('b', 'two:9876', 'flights'), item('c', 'one:9876', 'payments')];

/** Says which RocketMQ is asked, and for which topic. */
async function asked(request: { topic?: string; connector?: string; limit?: number }, connectors: unknown[] = items) {
  let config: RocketmqConfig | undefined;
  const deps = {
    store: { listConnectors: async () => connectors, getConnector: async (name: string) => items.find((each) => each.name === name) },
    resolveSecrets: async (value: object) => JSON.parse(JSON.stringify(value).replace('${env:KEY}', 'secret')),
    peekTopic: async (given: RocketmqConfig) => {
      config = given;
      if (given.topic === 'flihgts') throw new ConnectError('NOT_FOUND', 'no such topic', { remedy: 'create it' });
      return { topic: given.topic, messages: [], cursor: {}, isCut: false };
    },
  } as unknown as PlannerDeps;
  await peek({ from: 'end', limit: 10, ...request }, deps);
  return config;
}

describe('whose RocketMQ is peeked into', () => {
  it.each([
    ['of the connector that writes the topic', { topic: 'flights' }, 'two:9876', 'flights'],
    ['of the connector that sends its dead letters there', { topic: 'payments-refused' }, 'one:9876', 'payments-refused'],
    ['of the connector that is named, with its topic', { connector: 'b' }, 'two:9876', 'flights'],
    ['of the connector that is named, with another topic', { connector: 'b', topic: 'other' }, 'two:9876', 'other'],
  ])('is that %s', async (_, request, endpoints, topic) => {
    expect(await asked(request)).toMatchObject({ endpoints, topic, secretKey: 'secret' });
  });

  it('is the only one there is, for a topic that no connector names', async () => {
    expect(await asked({ topic: 'other' }, [items[0], items[2]])).toMatchObject({ endpoints: 'one:9876', topic: 'other' });
  });

  it('is that of the sink that reads the topic, by a list or by a pattern', async () => {
    const sinks = [
      reading('d', 'three:9876', { topics: ['x', 'y'] }),
      reading('e', 'four:9876', { topicsPattern: 'z-.*' }),
      reading('f', 'five:9876', { topicsPattern: '${env:PATTERN}' }),
    ];
    expect(await asked({ topic: 'y' }, sinks)).toMatchObject({ endpoints: 'three:9876', topic: 'y' });
    expect(await asked({ topic: 'z-1' }, sinks)).toMatchObject({ endpoints: 'four:9876', topic: 'z-1' });
    await expect(asked({ topic: 'other' }, sinks)).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
  });

  it.each([
    ['several may be meant', { topic: 'other' }, items, { code: 'CONFIG_INVALID', remedy: 'name a connector with --connector' }],
    ['there is no connector', { topic: 'other' }, [], { code: 'NOT_FOUND', remedy: 'pass --endpoints host:9876' }],
    ['no topic is named', {}, items, { code: 'CONFIG_INVALID', message: 'topic: none is named' }],
    ['the number of messages is none', { topic: 'orders', limit: 0 }, items, { code: 'CONFIG_INVALID' }],
    ['the topic is misspelt', { topic: 'flihgts' }, [items[1]], { code: 'NOT_FOUND', remedy: 'did you mean flights?' }],
  ])('is said to be unclear where %s', async (_, request, connectors, error) => {
    await expect(asked(request, connectors)).rejects.toMatchObject(error);
  });
});
