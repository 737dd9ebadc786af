import { describe, expect, it } from '@jest/globals';
import { matchingNames } from '../../../src/cli/shared/matching-names.ts';
import type { Planner } from '../../../src/runtime/planner-api.ts';

const planner: Planner = {
  handle: async () => ({ ok: true, result: ['orders', 'orders-1', 'orders-20', 'my_orders-1'].map((name) => ({ name })) }),
};

describe('names of connectors', () => {
  it.each([
    [['orders'], ['orders']],
    [
      ['unknown', 'orders', 'orders'],
      ['unknown', 'orders'],
    ],
    [['orders-*'], ['orders-1', 'orders-20']],
    [['*'], ['orders', 'orders-1', 'orders-20', 'my_orders-1']],
    [
      ['*-1', 'orders*'],
      ['orders-1', 'my_orders-1', 'orders', 'orders-20'],
    ],
    [['o*r*s-**0'], ['orders-20']],
  ])('%j stand for %j', async (given, names) => {
    expect(await matchingNames(planner, given)).toEqual(names);
  });

  it.each(['x*', 'orders.*', '(o*', 'order*z'])('%s matches none', async (pattern) => {
    await expect(matchingNames(planner, [pattern])).rejects.toMatchObject({
      code: 'NOT_FOUND',
      message: `no connector matches ${JSON.stringify(pattern)}; nothing was changed`,
    });
  });
});
