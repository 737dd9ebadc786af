import { describe, expect, it } from '@jest/globals';
import { bodyOf, lookEvent, taskEvent } from '../../../functions/task-event.ts';

describe('the event of a task', () => {
  it.each([
    { connector: 'orders', task: 0 },
    { connector: 'a-b_c.d', task: 9_999, hop: 3, startAt: 1_900_000_000_000, waitsFor: 12 },
    { connector: 'orders', task: 1, by: 'person' },
  ])('may be %j', (event) => {
    expect(taskEvent(event)).toEqual(event);
  });

  it.each([
    [undefined],
    [null],
    ['orders'],
    [{}],
    [{ connector: 'orders' }],
    [{ connector: '', task: 0 }],
    [{ connector: 'or#ders', task: 0 }],
    [{ connector: 'orders', task: -1 }],
    [{ connector: 'orders', task: 1e21 }],
    [{ connector: 'orders', task: '' }],
    [{ connector: 'orders', task: 0, hop: '9' }],
    [{ connector: 'orders', task: 0, waitsFor: -1 }],
    [{ connector: 'orders', task: 0, by: 'nobody' }],
    [{ connector: 'orders', task: 0, startAt: 'now' }],
  ])('is not %j', (event) => {
    expect(() => taskEvent(event)).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID', retriable: false }));
  });

  it('is found in what Lambda gave up', () => {
    const event = { connector: 'orders', task: 3 };
    expect(bodyOf(JSON.stringify({ requestContext: { requestId: 'r' }, requestPayload: event }))).toEqual(event);
  });
});

describe('the event of a look', () => {
  it('names a connector', () => {
    expect(lookEvent({ connector: 'orders' })).toEqual({ connector: 'orders' });
    const changing = { connector: 'orders', schedule: { name: 'orders--watch-1f8ac10f', minutes: 5 } };
    expect(lookEvent(changing)).toEqual(changing);
  });

  it.each([
    [undefined],
    ['orders'],
    [{}],
    [{ connector: 'or#ders' }],
    [{ connector: 'orders', task: 0 }],
    [{ connector: 'orders', schedule: null }],
    [{ connector: 'orders', schedule: { name: 'orders--watch-1' } }],
    [{ connector: 'orders', schedule: { name: 'or#ders', minutes: 5 } }],
    [{ connector: 'orders', schedule: { name: 'orders--watch-1', minutes: '5' } }],
  ])('is not %j', (event) => {
    expect(() => lookEvent(event)).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID', retriable: false }));
  });
});
