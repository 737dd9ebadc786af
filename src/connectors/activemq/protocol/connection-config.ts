import type { z } from 'zod';
import type { Direction } from '../../../api/index.ts';
import type { Issue } from '../../../config/issue.ts';
import { choice, milliseconds, text, textList } from '../../../config/options.ts';
import { hasReference } from '../../../config/references.ts';
import { asList } from '../../../config/text-list.ts';
import { tlsOptions } from '../../../config/tls-options.ts';

/** How to reach an ActiveMQ: options of one section of a connector file. */
export const connectionConfig = (section: Direction) => ({
  url: textList({
    description:
      'Brokers, as AMQP addresses; of several the first that can be reached is taken. With `amqps://` connections are encrypted.',
    pattern: /^amqps?:\/\/(\[[0-9a-fA-F:.]+\]|[^\s:/,@[\]]+)(:\d{1,5})?$/,
    expects: 'amqp://host:port or amqps://host:port',
    example: 'amqp://127.0.0.1:5672',
  }),
  mechanism: choice(['PLAIN', 'EXTERNAL', 'ANONYMOUS'], {
    description:
      'How this client proves who it is: by name and password, by the certificate in `tls.cert`, or not at all. Default: `PLAIN` with `username`, else `ANONYMOUS`.',
  }).exactOptional(),
  username: text({ description: 'User name.', example: 'connect' }).exactOptional(),
  password: text({ description: 'Password.', secret: true, example: '${env:ACTIVEMQ_PASSWORD}' }).exactOptional(),
  tls: tlsOptions('brokers', 'rocketmq-connect/prod/activemq', `${section}.tls`).exactOptional(),
  connectTimeoutMs: milliseconds({
    description: 'Time for one connection to open, encryption and credentials included.',
    min: 100,
    max: 60_000,
  }).prefault(3_000),
  idleTimeoutMs: milliseconds({
    description: 'Silence after which a connection is taken for dead. Broker and client send something more often than that.',
    min: 2_000,
    max: 300_000,
  }).prefault(10_000),
});

/** The same, validated and with references resolved. */
export type ActivemqConnectionConfig = z.output<z.ZodObject<ReturnType<typeof connectionConfig>>>;

/** What options of a connection say of each other. */
export function refineConnection(config: ActivemqConnectionConfig, section: Direction, issue: Issue): void {
  const { url, mechanism, username, password, tls } = config;
  if ((username === undefined) !== (password === undefined)) {
    const option = username === undefined ? 'username' : 'password';
    issue([option], 'missing', `set both ${section}.username and ${section}.password, or neither`);
  }
  if (mechanism === 'PLAIN' && username === undefined) issue(['username'], 'missing for PLAIN', `set it and ${section}.password`);
  if (mechanism === 'EXTERNAL' && tls?.cert === undefined) {
    issue(['tls', 'cert'], 'missing for EXTERNAL', `set it and ${section}.tls.key`);
  }
  if (tls !== undefined && !asList(url).some((address) => hasReference(address) || address.startsWith('amqps:'))) {
    issue(['tls'], `given, but ${section}.url is not encrypted`, `write amqps:// in ${section}.url, or remove ${section}.tls`);
  }
}
