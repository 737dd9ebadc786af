import { describe, expect, it } from '@jest/globals';
import { ConnectError } from '../../../src/api/index.ts';
import { failureAfter } from '../../../src/runtime/run/failure.ts';
import { endWithin, leaseUntil, timeBudget } from '../../../src/runtime/run/time-budget.ts';
import { connectorSpec } from '../../support/specs.ts';

const { errors } = connectorSpec();
const unreachable = new ConnectError('UNREACHABLE', 'no broker', { retriable: true });
const afterRow = (count: number) => ({ ...failureAfter(unreachable, undefined, false, errors, 0), count });

describe('what a failed run leaves', () => {
  it('a retriable error backs off, longer each time, between half and all of the bound', () => {
    for (const [count, full] of [1_000, 2_000, 4_000].entries()) {
      const failure = failureAfter(unreachable, count === 0 ? undefined : afterRow(count), false, errors, 0);
      expect(failure).toMatchObject({ count: count + 1, fatal: false });
      expect(failure.notBefore).toBeGreaterThanOrEqual(full / 2);
      expect(failure.notBefore).toBeLessThanOrEqual(full);
    }
  });

  it('never waits longer than the bound', () => {
    const failure = failureAfter(unreachable, afterRow(30), false, { ...errors, maxFailures: 100 }, 0);
    expect(failure.notBefore).toBeLessThanOrEqual(errors.maxBackoffMs);
  });

  it('too many in a row are fatal; progress starts a new row', () => {
    expect(failureAfter(unreachable, afterRow(4), false, errors, 0).fatal).toBe(true);
    expect(failureAfter(unreachable, afterRow(4), true, errors, 0)).toMatchObject({ count: 1, fatal: false });
  });

  it('an error that waiting can not mend is fatal at once and carries its remedy', () => {
    const refused = new ConnectError('RECORD_REFUSED', 'record p at 3', { remedy: 'correct it' });
    expect(failureAfter(refused, undefined, true, errors, 0)).toMatchObject({ fatal: true, message: 'record p at 3; correct it' });
  });
});

describe('the time of an invocation', () => {
  it('keeps room for the flush, the end of the source and the release, in this order, and leases past the deadline', () => {
    const budget = timeBudget(0, 60_000, 900_000);
    expect(budget).toEqual({ stopPollingAt: 48_000, sendUntil: 56_000, closeMs: 2_000 });
    expect(leaseUntil(60_000)).toBe(65_000);
  });

  it('gives a source that ends more time where there is more, and none of the release', () => {
    const budget = timeBudget(0, 60_000, 900_000);
    expect(endWithin(budget, 2_000, 10_000, false)).toBe(10_000);
    expect(endWithin(budget, 2_000, 51_000, false)).toBe(5_000);
    expect(endWithin(budget, 2_000, 57_000, false)).toBe(2_000);
    expect(endWithin(budget, 2_000, 10_000, true)).toBe(2_000);
  });

  it('ends polling sooner on request', () => {
    expect(timeBudget(0, 60_000, 5_000).stopPollingAt).toBe(5_000);
  });

  it('keeps the order of its times however short it is', () => {
    const { stopPollingAt, sendUntil } = timeBudget(0, 1_000, 900_000);
    expect(0 < stopPollingAt && stopPollingAt < sendUntil && sendUntil < 1_000).toBe(true);
  });
});
