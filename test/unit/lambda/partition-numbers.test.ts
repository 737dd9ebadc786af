import { describe, expect, it } from '@jest/globals';
import { silentLogger } from '../../../src/api/index.ts';
import { LambdaSinkConnector } from '../../../src/connectors/lambda/connector.ts';
import { numberBrokers, partitionNumber } from '../../../src/connectors/lambda/partition-numbers.ts';
import { WarmClients } from '../../../src/runtime/warm-clients.ts';

const queues = (...brokers: string[]) => brokers.flatMap((broker) => [0, 1].map((queue) => `orders:${broker}:${queue}`));

describe('the number of a queue', () => {
  it('is its own for the first broker, and differs for each other one', () => {
    const brokers = numberBrokers(queues('b', 'a'), []);
    expect(brokers).toEqual(['a', 'b']);
    expect(['orders:a:0', 'orders:a:1', 'orders:b:0', 'orders:b:1'].map((queue) => partitionNumber(queue, brokers))).toEqual([
      0, 1, 100_000, 100_001,
    ]);
  });

  it('reads brokers with colons in their names', () => {
    expect(partitionNumber('orders:zone:1:7', ['zone:1'])).toBe(7);
  });

  it('names a broker that no plan has numbered', () => {
    expect(() => partitionNumber('orders:c:0', ['a'])).toThrow(/no plan has numbered broker c/);
  });

  it('stays what it was, whatever brokers come and go, as long as one task is left', async () => {
    const context = { connector: 'x', logger: silentLogger, clients: new WarmClients(), signal: new AbortController().signal };
    const connector = new LambdaSinkConnector({} as never, context);
    const plan = (previous: Parameters<typeof connector.taskConfigs>[1], ...brokers: string[]) =>
      connector.taskConfigs(4, previous, new Map(), queues(...brokers));
    const first = await plan([], 'm', 'z');
    const grown = await plan(first, 'a', 'm', 'z');
    const shrunk = await plan(grown.slice(-1), 'a', 'z');
    const back = await plan(shrunk, 'a', 'm', 'z');
    for (const tasks of [grown, shrunk, back]) {
      for (const { options } of tasks) expect(options?.brokers).toEqual(['m', 'z', 'a']);
    }
    expect(back.flatMap(({ options }) => options?.queues ?? [])).toEqual([{ orders: 6 }]);
  });
});
