import { describe, expect, it } from '@jest/globals';
import { PartitionFetch } from '../../../src/connectors/kafka/read/partition-fetch.ts';

const state = ({ isAsked, isLost }: PartitionFetch) => ({ isAsked, isLost });

describe('the fetching of a partition', () => {
  it('is asked for and answered by turns', () => {
    const fetch = new PartitionFetch();
    expect(state(fetch)).toEqual({ isAsked: false, isLost: false });
    fetch.ask();
    expect(state(fetch)).toEqual({ isAsked: true, isLost: false });
    fetch.answered();
    expect(state(fetch)).toEqual({ isAsked: false, isLost: false });
  });

  it('is never asked for twice at a time', () => {
    const fetch = new PartitionFetch();
    fetch.ask();
    expect(() => fetch.ask()).toThrow('state asked may not follow asked');
  });

  it('stays lost until it is moved, also where it is asked for again', () => {
    const fetch = new PartitionFetch();
    fetch.ask();
    fetch.lose();
    fetch.answered();
    expect(state(fetch)).toEqual({ isAsked: false, isLost: true });
    fetch.ask();
    fetch.lose();
    expect(state(fetch)).toEqual({ isAsked: true, isLost: true });
    fetch.moved();
    fetch.answered();
    expect(state(fetch)).toEqual({ isAsked: false, isLost: false });
  });

  it('does not starve where it was moved', () => {
    const fetch = new PartitionFetch();
    fetch.starvingSince = 1;
    fetch.ask();
    fetch.lose();
    fetch.moved();
    expect(fetch.starvingSince).toBeUndefined();
  });
});
