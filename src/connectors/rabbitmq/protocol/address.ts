import type { RabbitmqConnectionConfig } from './connection-config.ts';

export interface Address {
  readonly protocol: 'amqp' | 'amqps';
  readonly hostname: string;
  /** Absent: the protocol's own. */
  readonly port?: number;
  readonly vhost: string;
  readonly username: string;
  readonly password: string;
  /** Without user and password, for messages. */
  readonly shown: string;
}

/** One of the option `urls`, references resolved. What it doesn't bring, the options do. */
export function parseAddress(url: string, config: Pick<RabbitmqConnectionConfig, 'vhost' | 'username' | 'password'>): Address {
  const parsed = new URL(url);
  const { protocol, hostname, port, username, password } = parsed;
  return {
    protocol: protocol === 'amqps:' ? 'amqps' : 'amqp',
    hostname: hostname.replace(/^\[|\]$/g, ''),
    ...(port !== '' && { port: Number(port) }),
    vhost: vhostIn(parsed) ?? config.vhost,
    username: decoded(username) || config.username || '',
    password: decoded(password) || config.password || '',
    shown: `${protocol}//${hostname}${port === '' ? '' : `:${port}`}`,
  };
}

/** The virtual host that an address names; undefined where it names none. */
export function vhostIn({ pathname }: URL): string | undefined {
  const name = decoded(pathname.slice(1));
  return name === '' ? undefined : name;
}

/** What is percent-encoded wrongly stands for itself. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
