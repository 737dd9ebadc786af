import { ConnectError } from '../api/index.ts';
import { tlsConnectOptions } from '../kit/index.ts';
import { RemotingClient } from './remoting/client.ts';
import type { RocketmqConfig } from './types.ts';

/** Creates the client of a configuration. It connects when it is asked. Throws CONFIG_INVALID where the endpoints speak gRPC. */
export function remotingClient(config: Pick<RocketmqConfig, 'protocol' | 'tls' | 'accessKey' | 'secretKey'>): RemotingClient {
  const { protocol, tls, accessKey, secretKey } = config;
  if (protocol === 'grpc') {
    throw new ConnectError('CONFIG_INVALID', 'rocketmq.protocol: over gRPC, RocketMQ lets nobody read a topic by its offsets', {
      remedy: "use a name server or a proxy's remoting port for this, with rocketmq.protocol remoting",
    });
  }
  const encryption = typeof tls === 'boolean' ? (tls ? { rejectUnauthorized: true } : undefined) : tlsConnectOptions(tls);
  return new RemotingClient({
    ...(encryption && { tls: encryption }),
    ...(accessKey !== undefined && secretKey !== undefined && { credentials: { accessKey, secretKey } }),
  });
}
