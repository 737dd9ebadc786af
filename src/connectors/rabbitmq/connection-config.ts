import { choice, integer, section, text, textList } from '../../config/options.ts';
import { requireCertWithKey, tlsDetails } from '../../config/tls-options.ts';

const tls = section(tlsDetails('nodes', 'rocketmq-connect/rabbitmq'), {
  description: 'Details of the encryption of `amqps://` addresses.',
}).superRefine(requireCertWithKey('source.tls'));

/** How to reach a RabbitMQ. */
export const connectionConfig = {
  urls: textList({
    description:
      'Nodes of the cluster, `amqp://host:port` or encrypted `amqps://host:port`, without user and virtual host; the first one that answers is used. Ports default to 5672 and 5671.',
    pattern: /^amqps?:\/\/(\[[0-9a-fA-F:.]+\]|[^\s:/,@?#[\]]+)(:\d{1,5})?\/?$/,
    expects: 'amqp://host:port or amqps://host:port',
    example: 'amqps://rabbit-1:5671',
  }),
  vhost: text({ description: 'Virtual host.' }).default('/'),
  mechanism: choice(['PLAIN', 'EXTERNAL'], {
    description: 'How this client proves who it is: by `username` and `password`, or by the certificate in `tls`.',
  }).default('PLAIN'),
  username: text({ description: 'User name, for PLAIN.', example: 'connect' }).exactOptional(),
  password: text({ description: 'Password, for PLAIN.', secret: true, example: '${env:RABBITMQ_PASSWORD}' }).exactOptional(),
  tls: tls.exactOptional(),
  heartbeatMs: integer({
    description: 'How often both sides show that they are there while they have nothing else to say; rounded up to seconds.',
    unit: 'ms',
    min: 1_000,
    max: 600_000,
  }).default(10_000),
  connectTimeoutMs: integer({
    description: 'Time for a connection to open, encryption and credentials included, and for an answer over an open one.',
    unit: 'ms',
    min: 100,
    max: 60_000,
  }).default(3_000),
};
