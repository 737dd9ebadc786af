import { describe, expect, it } from '@jest/globals';
import { ConnectError } from '../../../src/api/index.ts';
import { roundTrips } from '../../../src/rocketmq/grpc/consumer/round-trips.ts';

const late = () => new ConnectError('TIMEOUT', 'no answer', { retriable: true });

/** Asks, and fails as `fails` says by the number of questions before. */
async function ask(fails: (index: number) => Error | undefined): Promise<number> {
  let asked = 0;
  const once = async () => {
    const error = fails(asked++);
    if (error !== undefined) throw error;
  };
  await roundTrips(once);
  return asked;
}

describe('signs of life of a proxy', () => {
  it('are several answers', async () => {
    expect(await ask(() => undefined)).toBeGreaterThan(5);
  });

  it('may be late twice in a row', async () => {
    const all = await ask(() => undefined);
    expect(await ask((index) => (index % 3 === 2 ? undefined : late()))).toBe(3 * all);
  });

  it('are missing where an answer is late three times in a row', async () => {
    await expect(ask((index) => (index < 2 ? undefined : late()))).rejects.toMatchObject({ code: 'TIMEOUT' });
  });

  it('are not asked for again where a proxy refuses', async () => {
    let asked = 0;
    const refused = new ConnectError('AUTH_FAILED', 'no');
    const fails = () => {
      asked += 1;
      return refused;
    };
    await expect(ask(fails)).rejects.toBe(refused);
    expect(asked).toBe(1);
  });
});
