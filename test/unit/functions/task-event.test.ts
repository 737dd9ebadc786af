import { describe, expect, it } from '@jest/globals';
import { bodyOf, taskEvent } from '../../../functions/task-event.ts';

describe('the event of a task', () => {
  it.each([
    { connector: 'orders', task: 0 },
    { connector: 'a-b_c.d', task: 9_999, hop: 3, waitsFor: 12 },
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
  ])('is not %j', (event) => {
    expect(() => taskEvent(event)).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID', retriable: false }));
  });

  it('is found in what Lambda gave up', () => {
    const event = { connector: 'orders', task: 3 };
    expect(bodyOf(JSON.stringify({ requestContext: { requestId: 'r' }, requestPayload: event }))).toEqual(event);
  });
});
