import { isDeepStrictEqual } from 'node:util';
import { ConnectError } from '../../api/index.ts';
import type { ConnectorSpec } from '../../config/connector-spec.ts';
import type { ResolveSecrets } from './contracts.ts';

/** The resolved sections of its spec that a run has used so far. */
export interface UsedConfig {
  source?: unknown;
  rocketmq?: unknown;
}

/**
 * Called when credentials were refused: reads their references again, once. Where a value has changed, the run failed because of a password
 * that was changed meanwhile, and the next run may succeed; otherwise the error stays as it is.
 */
export async function afterRotation(
  error: ConnectError,
  used: UsedConfig,
  { system, rocketmq }: ConnectorSpec,
  resolve: ResolveSecrets,
): Promise<ConnectError> {
  if (error.code !== 'AUTH_FAILED' || error.retriable || resolve.forget === undefined) return error;
  resolve.forget();
  const now: UsedConfig = await resolve({ source: system, rocketmq }).catch(() => used);
  const same = (section: keyof UsedConfig) => used[section] === undefined || isDeepStrictEqual(used[section], now[section]);
  if (same('source') && same('rocketmq')) return error;
  return new ConnectError('AUTH_FAILED', `${error.message}; the secret was changed meanwhile`, {
    retriable: true,
    remedy: 'wait: the next run uses the new one',
    cause: error,
  });
}
