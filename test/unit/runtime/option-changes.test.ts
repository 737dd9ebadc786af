import { describe, expect, it } from '@jest/globals';
import type { ConnectorSpec } from '../../../src/config/connector-spec.ts';
import { optionChanges } from '../../../src/runtime/planner/option-changes.ts';

const spec = (system: Record<string, unknown>, trigger: object = {}): ConnectorSpec =>
  ({ name: 'f', type: 'kafka-source', direction: 'source', maxTasks: 1, trigger, system, rocketmq: {}, batch: {}, errors: {} }) as never;
const startOptions = ['startAt'];
const unread = { startOptions, partitions: 2, read: 0 };

describe('what a plan changes, option by option', () => {
  it('is nothing where both specs say the same', () => {
    expect(optionChanges(spec({ topics: ['a'] }), spec({ topics: ['a'] }), unread)).toEqual([]);
  });

  it('names options as a file does, with old and new value, and lists as a whole', () => {
    const before = spec({ topics: ['a'], sasl: { username: 'me', password: '${env:OLD}' } }, { timeZone: 'UTC' });
    const after = spec(
      { topics: ['a', 'b'], sasl: { username: 'me', password: '${env:NEW}' } },
      { timeZone: 'UTC', schedule: 'rate(1 day)' },
    );
    expect(optionChanges(before, after, unread)).toEqual([
      { option: 'source.topics', before: ['a'], after: ['a', 'b'] },
      { option: 'source.sasl.password', before: '${env:OLD}', after: '${env:NEW}' },
      { option: 'trigger.schedule', after: 'rate(1 day)' },
    ]);
  });

  it.each([
    [0, undefined],
    [1, 'counts only for the 1 of 2 partitions that were never read'],
    [2, expect.stringMatching(/^has no effect any more/)],
  ])('says what a new start is worth when %d of 2 partitions were read', (read, effect) => {
    const changes = optionChanges(spec({ startAt: 'earliest' }), spec({ startAt: { timestamp: 5 } }), { ...unread, read });
    expect(changes).toEqual([{ option: 'source.startAt', before: 'earliest', after: { timestamp: 5 }, ...(effect && { effect }) }]);
  });

  it('never shows what stands before the @ of an address', () => {
    expect(JSON.stringify(optionChanges(spec({ urls: ['amqp://me:hunter2@a'] }), spec({ urls: ['amqp://b'] }), unread))).not.toContain(
      'hunter2',
    );
  });
});
