import { describe, expect, it } from '@jest/globals';
import { rabbitmqSourceConfig } from '../../../src/connectors/rabbitmq/config/config.ts';
import { lifetimeFindings } from '../../../src/connectors/rabbitmq/plan/selection.ts';
import type { QueueFacts } from '../../../src/connectors/rabbitmq/protocol/management.ts';

const config = (options: object = {}) =>
  rabbitmqSourceConfig.parse({ urls: 'amqp://a', username: 'u', password: 'p', queues: ['q'], ...options });
const schedule = { expression: 'rate(5 minutes)', timeZone: 'UTC' };
const found = (facts: Omit<QueueFacts, 'name'>, options: object = {}) =>
  lifetimeFindings(config(options), ['q'], new Map([['q', { name: 'q', ...facts }]]), schedule);

describe('a queue that may go', () => {
  it.each([
    { facts: { auto_delete: true }, options: { readBy: 'consumer' }, option: 'source.readBy', level: 'error' },
    { facts: { auto_delete: true }, options: {}, option: 'source.queues', level: 'warning' },
    { facts: { arguments: { 'x-expires': 300_000 } }, options: {}, option: 'source.queues', level: 'error' },
    { facts: { effective_policy_definition: { expires: 60_000 } }, options: {}, option: 'source.queues', level: 'error' },
  ])('$facts with $options', ({ facts, options, option, level }) => {
    expect(found(facts, options)).toMatchObject([{ option, level, message: expect.stringMatching(/^queue q is /) }]);
  });

  it.each([{ auto_delete: false }, { arguments: { 'x-expires': 300_001 } }, { effective_policy_definition: null }])(
    'is not %j',
    (facts) => {
      expect(found(facts)).toEqual([]);
    },
  );
});
