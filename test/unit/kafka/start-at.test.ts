import { describe, expect, it } from '@jest/globals';
import { startOf } from '../../../src/connectors/kafka/read/open-readers.ts';

describe('where a partition starts that was never read', () => {
  it.each([
    ['earliest', 'earliest', 'earliest'],
    ['latest', 'latest', 'latest'],
    ['a date', { timestamp: '2001-01-01' }, { timestamp: 978_307_200_000 }],
    ['a time', { timestamp: '2001-01-01T01:00:00+01:00' }, { timestamp: 978_307_200_000 }],
    ['milliseconds', { timestamp: 5 }, { timestamp: 5 }],
    ['its offset', { offsets: { 'orders-0': 42 } }, { offset: 42 }],
    ['its offset as text', { offsets: { 'orders-0': '42' } }, { offset: 42 }],
    ['earliest where only others are named', { offsets: { 'orders-1': 42 } }, 'earliest'],
  ] as const)('at %s', (_what, startAt, start) => {
    expect(startOf(startAt, 'orders-0', false)).toEqual(start);
  });

  it('is earliest where it came later and all would start at the end', () => {
    expect(startOf('latest', 'orders-0', true)).toBe('earliest');
  });
});
