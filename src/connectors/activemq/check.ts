import { randomUUID } from 'node:crypto';
import { ConnectError, type Finding, toConnectError, untilAborted } from '../../api/index.ts';
import { AmqpConnection } from './amqp-connection.ts';
import { AmqpLink, type LinkEvents } from './amqp-link.ts';
import type { ActivemqSourceConfig } from './config.ts';
import { parseUrls } from './connection-options.ts';
import { type ConsumerSpec, consumersOf } from './consumers.ts';

/** Of the 10 s that a check may take. */
const LIMIT_MS = 8_500;

/** Nothing is received without credit. */
const NO_EVENTS: LinkEvents = { message() {}, drained() {}, failed() {} };

/** Looks at a broker as the tasks will: address, encryption, credentials, and whether each queue and topic may be read. Takes no message. */
export async function checkActivemq(config: ActivemqSourceConfig, signal: AbortSignal): Promise<Finding[]> {
  const timeout = AbortSignal.timeout(LIMIT_MS);
  const limit = AbortSignal.any([signal, timeout]);
  const opening = AmqpConnection.open(config, parseUrls(config.url), `rocketmq-connect-check-${randomUUID()}`);
  try {
    const connection = await untilAborted(opening, limit);
    return await untilAborted(checkSources(connection, config), limit);
  } catch (error) {
    return [connectionFinding(timeout.aborted && !signal.aborted ? noAnswer() : toConnectError(error))];
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
    return [finding(spec.option, toConnectError(error))];
  }
}

const noAnswer = () =>
  new ConnectError('UNREACHABLE', `no ActiveMQ broker answered in ${LIMIT_MS} ms`, {
    remedy: 'check source.url, that the broker runs, and that this network may reach it',
  });

const OPTION_OF: Readonly<Record<string, string>> = { AUTH_FAILED: 'source.password', TLS_FAILED: 'source.tls' };

const connectionFinding = (error: ConnectError): Finding => finding(OPTION_OF[error.code] ?? 'source.url', error);

const finding = (option: string, { code, message, remedy }: ConnectError): Finding => ({
  level: 'error',
  code,
  option,
  message,
  remedy: remedy ?? 'correct it',
});
