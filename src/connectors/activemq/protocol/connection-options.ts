import { isIP } from 'node:net';
import type { ConnectionOptions, Container } from 'rhea';
import { ConnectError, type Direction } from '../../../api/index.ts';
import { asList } from '../../../config/text-list.ts';
import { clientKey, hostPort, tlsConnectOptions } from '../../../kit/index.ts';
import type { ActivemqConnectionConfig } from './connection-config.ts';

export interface Address {
  readonly encrypted: boolean;
  readonly host: string;
  readonly port: number;
  /** As the configuration names it. */
  readonly url: string;
}

const AMQP_PORT = 5672;
const AMQPS_PORT = 5671;
/** Of one frame: a larger message comes in several, so that memory is taken by what has come and not by what is announced. */
const MAX_FRAME_BYTES = 128 * 1024;

const userElsewhere = (section: Direction): string =>
  `write for example amqp://127.0.0.1:5672, and the user in ${section}.username and ${section}.password`;

/** Whatever stands before an `@` may be a password. */
const withoutUser = (url: string): string => url.replace(/^(\w[\w+.-]*:\/\/)?.*@/s, '$1…@');

/** Throws CONFIG_INVALID for what is no AMQP address. */
export function parseUrls(urls: ActivemqConnectionConfig['url'], section: Direction): Address[] {
  return asList(urls).map((url) => {
    const [, s, address = ''] = /^amqp(s?):\/\/([^/@]+)$/.exec(url) ?? [];
    const encrypted = s === 's';
    const { host, port = encrypted ? AMQPS_PORT : AMQP_PORT } = hostPort(address) ?? {};
    if (host === undefined) {
      throw new ConnectError('CONFIG_INVALID', `${section}.url: ${JSON.stringify(withoutUser(url))} is no AMQP address`, {
        remedy: url.includes('@') ? userElsewhere(section) : 'write for example amqp://127.0.0.1:5672',
      });
    }
    return { encrypted, host, port, url };
  });
}

/** rhea's options for one connection. */
export function connectionOptions(config: ActivemqConnectionConfig, address: Address, containerId: string): ConnectionOptions {
  const { tls, idleTimeoutMs } = config;
  const { host, port, encrypted } = address;
  const options = {
    host,
    port,
    container_id: containerId,
    reconnect: false,
    max_frame_size: MAX_FRAME_BYTES,
    // rhea gives up after twice this time.
    idle_time_out: idleTimeoutMs / 2,
    tcp_no_delay: true,
  };
  if (!encrypted) return options as ConnectionOptions;
  return {
    ...options,
    transport: 'tls',
    // Only names go to the server; a certificate for an address is checked all the same.
    servername: isIP(host) === 0 ? host : '',
    ...tlsConnectOptions(tls),
  } as unknown as ConnectionOptions;
}

/** The one mechanism that the configuration means, for rhea: with several it would take what the broker names first. */
export function saslMechanism({ sasl }: Container, config: ActivemqConnectionConfig): object {
  const { username, password, mechanism = username === undefined ? 'ANONYMOUS' : 'PLAIN' } = config;
  const mechanisms = sasl.client_mechanisms();
  if (mechanism === 'PLAIN') mechanisms.enable_plain(username as string, password as string);
  else if (mechanism === 'EXTERNAL') mechanisms.enable_external();
  else mechanisms.enable_anonymous('anonymous');
  return mechanisms;
}

/** Names the connection that a section's configuration needs; two with one key may share it. Shows no secret. */
export function connectionKey(config: ActivemqConnectionConfig, section: Direction): string {
  const { url, mechanism, username, password, tls, connectTimeoutMs, idleTimeoutMs } = config;
  return clientKey('activemq', [section, url, mechanism, username, password, tls, connectTimeoutMs, idleTimeoutMs]);
}
