import { setTimeout as sleep } from 'node:timers/promises';
import { ConnectError } from '../../api/index.ts';

/** Resolves with the result of `ending`. Rejects with TIMEOUT when it takes longer than `ms`. */
export async function withinTime<T>(ms: number, ending: Promise<T>, side: 'source' | 'target' = 'source'): Promise<T> {
  const ended = new AbortController();
  const late = sleep(ms, undefined, ended).then(() => {
    throw new ConnectError('TIMEOUT', `the ${side} did not end within ${ms} ms`);
  });
  late.catch(() => undefined);
  return Promise.race([ending, late]).finally(() => ended.abort());
}
