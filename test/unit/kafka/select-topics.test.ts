import { describe, expect, it } from '@jest/globals';
import { selectTopics } from '../../../src/connectors/kafka/plan/select-topics.ts';
import type { KafkaClient } from '../../../src/connectors/kafka/protocol/client.ts';

const cluster = (...names: string[]) =>
  ({ inspect: async () => names.map((name) => ({ name, internal: name === 'internal', leaders: [] })) }) as unknown as KafkaClient;

const selected = async (client: KafkaClient, selection: Parameters<typeof selectTopics>[1]) =>
  (await selectTopics(client, selection)).map(({ name }) => name);

describe('topics by pattern', () => {
  it('are those whose whole name matches, without internal ones', async () => {
    const client = cluster('orders', 'orders-eu', 'my-orders', '__orders', 'internal');
    expect(await selected(client, { topicsPattern: '.*' })).toEqual(['my-orders', 'orders', 'orders-eu']);
    expect(await selected(client, { topicsPattern: 'orders|internal' })).toEqual(['orders']);
  });

  it('leave out what the exclusion matches', async () => {
    const client = cluster('orders', 'orders-dlq', 'orders-retry', 'retry-orders');
    const selection = { topicsPattern: '.*', excludeTopicsPattern: '.*-(dlq|retry)' };
    expect(await selected(client, selection)).toEqual(['orders', 'retry-orders']);
  });

  it('are found at once, whatever the pattern', async () => {
    const client = cluster(`${'a'.repeat(248)}!`);
    expect(await selected(client, { topicsPattern: '(a+)+', excludeTopicsPattern: '(a|aa)+' })).toEqual([]);
  });
});
