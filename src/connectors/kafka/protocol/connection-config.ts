import type { z } from 'zod';
import type { Direction } from '../../../api/index.ts';
import type { Issue } from '../../../config/issue.ts';
import { milliseconds, text, textList } from '../../../config/options.ts';
import { tlsOptions } from '../../../config/tls-options.ts';
import { saslConfig } from './sasl/sasl-config.ts';

/** How to reach a Kafka cluster: options of one section of a connector file. */
export const connectionConfig = (section: Direction) => ({
  bootstrapServers: textList({
    description: 'Brokers to begin with; the others are found through them.',
    pattern: /^(\[[0-9a-fA-F:.]+\]|[^\s:/,[\]]+):\d{1,5}$/,
    expects: 'host:port',
    example: '127.0.0.1:9092',
  }),
  clientId: text({ description: "Name of this client in the brokers' logs, metrics and quotas." }).default('rocketmq-connect'),
  tls: tlsOptions('brokers', 'rocketmq-connect/prod/kafka', `${section}.tls`).exactOptional(),
  sasl: saslConfig(section).exactOptional(),
  connectTimeoutMs: milliseconds({
    description: 'Time for one connection to open, encryption and credentials included.',
    min: 100,
    max: 60_000,
  }).prefault(3_000),
  requestTimeoutMs: milliseconds({
    description: 'Time for a broker to answer a request, and for one that fails in mid-run to come back.',
    min: 1_000,
    max: 300_000,
  }).prefault(20_000),
});

/** The same, validated and with references resolved. */
export type KafkaConnectionConfig = z.output<z.ZodObject<ReturnType<typeof connectionConfig>>>;

/** What options of a connection say of each other. */
export function refineConnection({ sasl, tls }: KafkaConnectionConfig, section: Direction, issue: Issue): void {
  if (sasl?.mechanism === 'AWS_MSK_IAM' && tls?.enabled !== true) {
    issue(['tls'], `encryption is off, but ${section}.sasl.mechanism is AWS_MSK_IAM`, `write tls: {} under ${section}`);
  }
}
