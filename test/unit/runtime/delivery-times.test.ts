import { describe, expect, it } from '@jest/globals';
import { DeliveryTimes } from '../../../src/runtime/source/delivery-times.ts';

const header = (value: string | Buffer | null, name = 'at') => ({ name, value: typeof value === 'string' ? Buffer.from(value) : value });

describe('when a message is delivered', () => {
  const times = new DeliveryTimes({ deliverAtHeader: 'at', deliverAfter: '10 minutes' });

  it.each([
    ['ms since 1970', '1764402300123', 1_764_402_300_123],
    ['1970 itself', '0', 0],
    ['1970, which stands for any time before it', '1969-12-31T23:59:50Z', 0],
    ['UTC', '2030-12-24T18:00:00Z', Date.UTC(2030, 11, 24, 18)],
    ['another zone', '2030-12-24T18:00+02:00', Date.UTC(2030, 11, 24, 16)],
    ['more than milliseconds', '2030-12-24T18:00:00.123456789Z', Date.UTC(2030, 11, 24, 18, 0, 0, 123)],
    ['a comma, as ISO 8601 has it too', '2030-12-24T18:00:00,5Z', Date.UTC(2030, 11, 24, 18, 0, 0, 500)],
  ])('is what its header says: %s', (_, text, time) => {
    const headers = [header('x', 'other'), header(text), header('tomorrow')];
    expect(times.faultIn(headers)).toBeUndefined();
    expect(times.of(headers)).toBe(time);
  });

  it.each([
    ['a word', 'tomorrow'],
    ['nothing', ''],
    ['a date without a time', '2030-12-24'],
    ['a time without a zone', '2030-12-24T18:00:00'],
    ['no day of any year', '2030-13-24T18:00:00Z'],
    ['a negative number', '-1'],
    ['a fraction', '1.5'],
    ['a number that no calendar knows', '9999999999999999'],
    ['white space around it', ' 1764402300123'],
    ['bytes that are no text', Buffer.from([0xff])],
    ['null', null],
  ])('is unknown where the header holds %s, so the record is refused', (_, value) => {
    const fault = times.faultIn([header(value)]);
    expect(fault).toMatchObject({
      code: 'RECORD_REFUSED',
      message: expect.stringContaining('header at (rocketmq.deliverAtHeader) is no time'),
      remedy: expect.stringContaining('ISO 8601'),
    });
  });

  it('is counted from the time of sending where the record has no such header, or no option names one', () => {
    for (const each of [times, new DeliveryTimes({ deliverAfter: '10 minutes' })]) {
      const headers = [header('tomorrow', 'other')];
      expect(each.faultIn(headers)).toBeUndefined();
      const before = Date.now();
      const after = each.of(headers) - 600_000;
      expect(after).toBeGreaterThanOrEqual(before);
      expect(after).toBeLessThanOrEqual(Date.now());
    }
  });

  it('is now where no option says anything else', () => {
    const before = Date.now();
    const time = new DeliveryTimes({ deliverAtHeader: 'at' }).of([]);
    expect(time).toBeGreaterThanOrEqual(before);
    expect(time).toBeLessThanOrEqual(Date.now());
  });
});
