import type { z } from 'zod';
import { choice, milliseconds, section, text, textList } from '../../../config/options.ts';
import { requireCertWithKey, tlsDetails } from '../../../config/tls-options.ts';
import { shortText } from './short-text.ts';

/** User and password, host, port, virtual host. No parameters behind a question mark: what they ask for has options here. */
const ADDRESS = /^amqps?:\/\/([^\s/@?#]*@)?(\[[0-9a-fA-F:.]+\]|[^\s:/,@?#[\]]+)(:\d{1,5})?(\/[^\s/?#,]*)?$/;

const tls = section(tlsDetails('nodes', 'rocketmq-connect/prod/rabbitmq'), {
  description: 'Details of the encryption of `amqps://` addresses.',
}).superRefine(requireCertWithKey('source.tls'));

/** How to reach a RabbitMQ. */
export const connectionConfig = {
  urls: textList({
    description:
      'Nodes of the cluster, `amqp://host:port` or encrypted `amqps://host:port`; the first one that answers is used. Ports default to 5672 and 5671. An address as it stands elsewhere, `amqp://user:${env:PASSWORD}@host/vhost`, or a reference to one, brings its user, password and virtual host, percent-encoded, which take the place of `username`, `password` and `vhost`.',
    pattern: ADDRESS,
    expects: 'amqp://host:port or amqps://host:port, also with user, password and virtual host',
    example: 'amqps://rabbit-1:5671',
  }),
  vhost: shortText({ description: 'Virtual host.' }).default('/'),
  mechanism: choice(['PLAIN', 'EXTERNAL'], {
    description: 'How this client proves who it is: by `username` and `password`, or by the certificate in `tls`.',
  }).default('PLAIN'),
  username: text({ description: 'User name, for PLAIN.', example: 'connect' }).exactOptional(),
  password: text({ description: 'Password, for PLAIN.', secret: true, example: '${env:RABBITMQ_PASSWORD}' }).exactOptional(),
  tls: tls.exactOptional(),
  managementUrl: text({
    description:
      'HTTP API of the management plugin, which is asked by plans only, with the same user (tag `management`) and the authority in `tls`. It tells which queues there are, and which of them are deleted without a consumer.',
    pattern: /^https?:\/\/[^\s@?#]+$/,
    expects: 'http://host:15672 or https://host',
    example: 'https://rabbit-1:15671',
  }).exactOptional(),
  heartbeatMs: milliseconds({
    description: 'How often both sides show that they are there while they have nothing else to say; rounded up to seconds.',
    min: 1_000,
    max: 600_000,
  }).prefault(10_000),
  connectTimeoutMs: milliseconds({
    description: 'Time for a connection to open, encryption and credentials included, and for an answer over an open one.',
    min: 100,
    max: 60_000,
  }).prefault(3_000),
};

/** The same, validated and with references resolved. */
export type RabbitmqConnectionConfig = z.output<z.ZodObject<typeof connectionConfig>>;
