import { tlsConnectOptions } from '../kit/index.ts';
import { RemotingClient } from './remoting/client.ts';
import type { RocketmqConfig } from './types.ts';

/** Creates the client of a configuration. It connects when it is asked. */
export function remotingClient({ tls, accessKey, secretKey }: Pick<RocketmqConfig, 'tls' | 'accessKey' | 'secretKey'>): RemotingClient {
  const encryption = typeof tls === 'boolean' ? (tls ? { rejectUnauthorized: true } : undefined) : tlsConnectOptions(tls);
  return new RemotingClient({
    ...(encryption && { tls: encryption }),
    ...(accessKey !== undefined && secretKey !== undefined && { credentials: { accessKey, secretKey } }),
  });
}
