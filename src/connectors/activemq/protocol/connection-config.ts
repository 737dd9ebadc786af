import type { z } from 'zod';
import { choice, milliseconds, text, textList } from '../../../config/options.ts';
import { tlsOptions } from '../../../config/tls-options.ts';

/** How to reach an ActiveMQ. */
export const connectionConfig = {
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
  tls: tlsOptions('brokers', 'rocketmq-connect/prod/activemq').exactOptional(),
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
};

/** The same, validated and with references resolved. */
export type ActivemqConnectionConfig = z.output<z.ZodObject<typeof connectionConfig>>;
