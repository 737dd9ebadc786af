import { randomUUID } from 'node:crypto';
import { checkWithin, errorFinding, type Finding, toConnectError, untilAborted } from '../../api/index.ts';
import { AmqpConnection } from './amqp-connection.ts';
import { AmqpLink, type LinkEvents } from './amqp-link.ts';
import type { ActivemqSourceConfig } from './config.ts';
import { parseUrls } from './connection-options.ts';
import { type ConsumerSpec, consumersOf } from './consumers.ts';

const FRAME = {
  server: 'ActiveMQ broker',
  reach: 'check source.url, that the broker runs, and that this network may reach it',
  option: 'source.url',
  optionOf: { AUTH_FAILED: 'source.password', TLS_FAILED: 'source.tls' },
} as const;

/** Nothing is received without credit. */
const NO_EVENTS: LinkEvents = { message() {}, drained() {}, failed() {} };

/** Looks at a broker as the tasks will: address, encryption, credentials, and whether each queue and topic may be read. Takes no message. */
export async function checkActivemq(config: ActivemqSourceConfig, signal: AbortSignal): Promise<Finding[]> {
  const opening = AmqpConnection.open(config, parseUrls(config.url), `rocketmq-connect-check-${randomUUID()}`);
  try {
    return await checkWithin({ ...FRAME, signal }, async (limit) => {
      const connection = await untilAborted(opening, limit);
      return untilAborted(checkSources(connection, config), limit);
    });
  } finally {
    opening.then(
      (connection) => connection.close(),
      () => {},
    );
  }
}

/** Subscriptions are looked at as topics: making one is left to the first run. */
async function checkSources(connection: AmqpConnection, config: ActivemqSourceConfig): Promise<Finding[]> {
  const sources = new Map(consumersOf(config).map((spec) => [`${spec.kind} ${spec.address} ${spec.selector}`, spec]));
  const findings = await Promise.all([...sources.values()].map((spec) => checkSource(connection, spec)));
  return findings.flat();
}

async function checkSource(connection: AmqpConnection, spec: ConsumerSpec): Promise<Finding[]> {
  try {
    const link = await AmqpLink.open(connection, spec, NO_EVENTS, false);
    await link.close();
    return [];
  } catch (error) {
    if (connection.failure !== undefined) throw error;
    return [errorFinding(spec.option, toConnectError(error))];
  }
}
