import { tlsConnectOptions } from '../kit/index.ts';
import { readsNoOffsets } from './over-grpc.ts';
import { RemotingClient } from './remoting/client.ts';
import type { RocketmqConfig } from './types.ts';

/** Creates the client of a configuration. It connects when it is asked. Throws WRONG_STATE where the endpoints speak gRPC. */
export function remotingClient(config: Pick<RocketmqConfig, 'protocol' | 'tls' | 'accessKey' | 'secretKey'>): RemotingClient {
  const { protocol, tls, accessKey, secretKey } = config;
  if (protocol === 'grpc') throw readsNoOffsets();
  const encryption = typeof tls === 'boolean' ? (tls ? { rejectUnauthorized: true } : undefined) : tlsConnectOptions(tls);
  return new RemotingClient({
    ...(encryption && { tls: encryption }),
    ...(accessKey !== undefined && secretKey !== undefined && { credentials: { accessKey, secretKey } }),
  });
}
