import { join } from 'node:path';
import type { Site } from './server.ts';

/** The administrator. */
export const administrator = { username: 'guest', password: 'guest' };

/** Both listeners take passwords and client certificates. PLAIN asks for a password, EXTERNAL for a certificate with the user's name. */
export const rabbitmqConf = (site: Site): string =>
  lines({
    'listeners.tcp.1': `127.0.0.1:${site.port('amqp')}`,
    'listeners.ssl.1': `127.0.0.1:${site.port('amqps')}`,
    'ssl_options.cacertfile': join(site.dir, 'ca.pem'),
    'ssl_options.certfile': join(site.dir, 'server.pem'),
    'ssl_options.keyfile': join(site.dir, 'server-key.pem'),
    'ssl_options.verify': 'verify_peer',
    'ssl_options.fail_if_no_peer_cert': 'false',
    'auth_mechanisms.1': 'PLAIN',
    'auth_mechanisms.2': 'EXTERNAL',
    ssl_cert_login_from: 'common_name',
    'management.tcp.ip': '127.0.0.1',
    'management.tcp.port': site.port('management'),
    // The streams' own protocol writes batches inside a stream's messages, which AMQP can't do.
    'stream.listeners.tcp.1': `127.0.0.1:${site.port('stream')}`,
    'stream.advertised_host': '127.0.0.1',
    'stream.advertised_port': site.port('stream'),
    // Counting messages for charts costs more than delivering them.
    'management.disable_stats': 'true',
    load_definitions: join(site.dir, 'definitions.json'),
    'log.console': 'true',
    'log.console.level': 'warning',
    'log.file': 'false',
    'vm_memory_high_watermark.absolute': '1GB',
    'disk_free_limit.absolute': '50MB',
  });

export const enabledPlugins = '[rabbitmq_management,rabbitmq_auth_mechanism_ssl,rabbitmq_stream].\n';

/** Defines the administrator, and a user who may only read. The server reads it at every start and keeps what is not in it. */
export const definitionsJson = (user: { readonly username: string; readonly password: string }): string => {
  const permission = { vhost: '/', configure: '.*', write: '.*', read: '.*' };
  return JSON.stringify({
    vhosts: [{ name: '/' }],
    users: [
      { name: administrator.username, password: administrator.password, tags: 'administrator' },
      { name: user.username, password: user.password, tags: 'management' },
    ],
    permissions: [
      { user: administrator.username, ...permission },
      { user: user.username, ...permission, configure: '', write: '' },
    ],
  });
};

function lines(settings: Readonly<Record<string, string | number>>): string {
  return Object.entries(settings)
    .map(([name, value]) => `${name} = ${value}\n`)
    .join('');
}
