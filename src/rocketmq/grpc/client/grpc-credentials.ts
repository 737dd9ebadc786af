import { type ChannelCredentials, type ChannelOptions, credentials } from '@grpc/grpc-js';
import { ConnectError } from '../../../api/index.ts';
import type { TlsConfig } from '../../../kit/index.ts';

export interface Secured {
  readonly credentials: ChannelCredentials;
  readonly options: ChannelOptions;
}

/** How a channel is encrypted. Throws CONFIG_INVALID where a certificate or key is none. */
export function grpcCredentials(tls: boolean | TlsConfig): Secured {
  const config = typeof tls === 'boolean' ? { enabled: tls, rejectUnauthorized: true } : tls;
  if (!config.enabled) return { credentials: credentials.createInsecure(), options: {} };
  const { ca, cert, key, rejectUnauthorized, servername } = config as TlsConfig;
  const bytes = (text: string | undefined) => (text === undefined ? null : Buffer.from(text));
  try {
    return {
      credentials: credentials.createSsl(bytes(ca), bytes(key), bytes(cert), { rejectUnauthorized }),
      options: servername === undefined ? {} : { 'grpc.ssl_target_name_override': servername, 'grpc.default_authority': servername },
    };
  } catch (error) {
    throw new ConnectError('CONFIG_INVALID', `rocketmq.tls: ${(error as Error).message}`, {
      remedy: 'correct rocketmq.tls.ca, rocketmq.tls.cert and rocketmq.tls.key: each holds a whole PEM text',
      cause: error,
    });
  }
}
