import pMap from 'p-map';
import { CONCURRENCY } from './concurrency.ts';

/** Does the work for each entry. It ends at the first failure, but waits for all that is under way: what that did must be known. */
export async function each<T>(list: readonly T[], work: (entry: T) => Promise<unknown>): Promise<void> {
  const failures: unknown[] = [];
  const attempt = async (entry: T) => {
    if (failures.length > 0) return;
    try {
      await work(entry);
    } catch (error) {
      failures.push(error);
    }
  };
  await pMap(list, attempt, { concurrency: CONCURRENCY });
  if (failures.length > 0) throw failures[0];
}
