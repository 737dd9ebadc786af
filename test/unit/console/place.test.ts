import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { HOME, type Place, placeOf, SORTS, searchOf, TABS } from '../../../console/state/place.ts';

const places: fc.Arbitrary<Place> = fc.oneof(
  fc.record({
    view: fc.constant('list' as const),
    states: fc.uniqueArray(fc.constantFrom('FAILED', 'DEGRADED', 'STALLED', 'RUNNING', 'PAUSED', 'STOPPED')),
    name: fc.string(),
    sort: fc.constantFrom(...SORTS),
  }),
  fc.record({ view: fc.constant('connector' as const), name: fc.string({ minLength: 1 }), tab: fc.constantFrom(...TABS) }),
  fc.record({ view: fc.constant('new' as const), type: fc.string() }),
);

describe('the address of a place', () => {
  it('brings every place back', () => {
    fc.assert(fc.property(places, (place) => expect(placeOf(searchOf(place))).toEqual(place)));
  });

  it('is short for what is shown first', () => {
    expect(searchOf(HOME)).toBe('');
    expect(searchOf({ ...HOME, states: ['FAILED', 'STALLED'], name: 'a b' })).toBe('?state=FAILED,STALLED&name=a+b');
  });

  it('is that of the list where nothing is known of it', () => {
    fc.assert(fc.property(fc.string(), (text) => expect(placeOf(`?sort=${encodeURIComponent(text)}x&state=,1,a`)).toEqual(HOME)));
  });
});
