import { createSecureContext } from 'node:tls';
import { ChannelCredentials, type ChannelOptions } from '@grpc/grpc-js';
import { ConnectError } from '../../../api/index.ts';
import { type TlsConfig, tlsConnectOptions } from '../../../kit/index.ts';
import { OwnConnections } from './own-connections.ts';

export interface Secured {
  readonly tls: boolean;
  /** They belong to one client, which ends its connections by them. */
  readonly credentials: OwnConnections;
  readonly options: ChannelOptions;
}

/** How a channel is encrypted. Throws CONFIG_INVALID where a certificate or key is none. */
export function grpcCredentials(tls: boolean | TlsConfig): Secured {
  const config = tlsConnectOptions(typeof tls === 'boolean' ? { enabled: tls, rejectUnauthorized: true } : tls);
  if (config === undefined) return { tls: false, credentials: new OwnConnections(ChannelCredentials.createInsecure()), options: {} };
  const { servername, rejectUnauthorized, ...certificates } = config;
  try {
    return {
      tls: true,
      // grpc-js's own way to make a context does not know certificates that this process came to trust later.
      credentials: new OwnConnections(
        ChannelCredentials.createFromSecureContext(createSecureContext(certificates), { rejectUnauthorized }),
      ),
      options: servername === undefined ? {} : { 'grpc.ssl_target_name_override': servername, 'grpc.default_authority': servername },
    };
  } catch (error) {
    throw new ConnectError('CONFIG_INVALID', `rocketmq.tls: ${(error as Error).message}`, {
      remedy: 'correct rocketmq.tls.ca, rocketmq.tls.cert and rocketmq.tls.key: each holds a whole PEM text',
      cause: error,
    });
  }
}
