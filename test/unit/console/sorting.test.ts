import { describe, expect, it } from '@jest/globals';
import { chosen, countsByState } from '../../../console/list/sorting.ts';
import { HOME } from '../../../console/state/place.ts';
import type { ListedConnector } from '../../../src/console/answers.ts';

const connector = (name: string, more: Partial<ListedConnector>): ListedConnector => ({
  name,
  type: 'kafka-source',
  desired: 'RUNNING',
  state: 'RUNNING',
  generation: 1,
  planPending: false,
  tasks: 1,
  taskStates: {},
  records: 0,
  ...more,
});

const all = [
  connector('b', { lagRecords: 5, lastRecordAt: 20 }),
  connector('a', { state: 'PAUSED', lagRecords: 0, lastRecordAt: 10 }),
  connector('Orders', { state: 'FAILED' }),
  connector('c', { state: 'STALLED', lagRecords: 90, lastRecordAt: 30 }),
];
const names = (place: Partial<typeof HOME>) => chosen(all, { ...HOME, ...place }).map(({ name }) => name);

describe('the list of connectors', () => {
  it('begins with what needs somebody', () => expect(names({})).toEqual(['Orders', 'c', 'b', 'a']));

  it('is sorted as one likes, what is not known last', () => {
    expect(names({ sort: 'name' })).toEqual(['Orders', 'a', 'b', 'c']);
    expect(names({ sort: 'lag' })).toEqual(['c', 'b', 'a', 'Orders']);
    expect(names({ sort: 'age' })).toEqual(['a', 'b', 'c', 'Orders']);
  });

  it('shows states and names that are asked for', () => {
    expect(names({ states: ['FAILED', 'PAUSED'] })).toEqual(['Orders', 'a']);
    expect(names({ name: ' ord' })).toEqual(['Orders']);
    expect(names({ states: ['PAUSED'], name: 'ord' })).toEqual([]);
  });

  it('counts the states that there are, in the order of urgency', () => {
    expect(countsByState(all)).toEqual([
      ['FAILED', 1],
      ['STALLED', 1],
      ['RUNNING', 1],
      ['PAUSED', 1],
    ]);
  });
});
