import type { z } from 'zod';
import type { Direction } from '../../../api/index.ts';
import { milliseconds, text } from '../../../config/options.ts';
import { tlsOptions } from '../../../config/tls-options.ts';

/** How to reach a MySQL or MariaDB server: options of one section of a connector file. */
export const connectionConfig = (section: Direction) => ({
  address: text({
    description: 'MySQL or MariaDB server.',
    pattern: /^(\[[0-9a-fA-F:.]+\]|[^\s:/,[\]]+):\d{1,5}$/,
    expects: 'host:port',
    example: '127.0.0.1:3306',
  }),
  username: text({ description: 'User name.', example: 'connect' }),
  password: text({ description: 'Password.', secret: true, example: '${env:MYSQL_PASSWORD}' }).exactOptional(),
  tls: tlsOptions('servers', 'rocketmq-connect/prod/mysql', `${section}.tls`).exactOptional(),
  connectTimeoutMs: milliseconds({
    description: 'Time for one connection to open, encryption and credentials included.',
    min: 100,
    max: 60_000,
  }).prefault(3_000),
  requestTimeoutMs: milliseconds({ description: 'Time for the server to answer.', min: 1_000, max: 300_000 }).prefault(20_000),
});

/** The same, validated and with references resolved. */
export type MysqlConnectionConfig = z.output<z.ZodObject<ReturnType<typeof connectionConfig>>>;
