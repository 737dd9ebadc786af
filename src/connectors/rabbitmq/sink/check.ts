import { ConnectError, type ConnectorContext, type Finding, toConnectError } from '../../../api/index.ts';
import { type AwaitAnswer, checkWithin, errorFinding } from '../../../kit/index.ts';
import type { RabbitmqConnection } from '../protocol/connection.ts';
import type { ConnectionPool } from '../protocol/connection-pool.ts';
import { connectionFrame } from '../protocol/errors.ts';
import { publishError } from '../protocol/publish/errors.ts';
import { Publisher } from '../protocol/publish/publisher.ts';
import { refusal } from '../protocol/publish/refusal.ts';
import { writeBasicProperties } from '../protocol/publish/write-properties.ts';
import type { RabbitmqSinkConfig } from './config.ts';
import { targetOf } from './mapping.ts';

/** A server looks at permissions first, and then refuses a message with this time to live: it stores nothing. */
const NEVER_STORED = writeBasicProperties({ properties: new Map([['expiration', Buffer.from('never')]]), headers: [] });
const MAX_NAME_BYTES = 255;

/**
 * Looks at a server as the tasks will: address, encryption, credentials, virtual host, the exchange, the permission to publish to it, and with
 * the default exchange the queue. What depends on records is not known yet. Writes nothing.
 */
export function checkRabbitmqSink(
  pool: ConnectionPool,
  config: RabbitmqSinkConfig,
  { signal, topics = [] }: Pick<ConnectorContext, 'signal' | 'topics'>,
): Promise<Finding[]> {
  return checkWithin({ ...connectionFrame('sink'), signal }, async (limit, progress, answer) => {
    const connection = await pool.lend(limit);
    progress();
    try {
      const target = targetOf(config);
      if (!target.exchange.isFixed) return [];
      const places = topics.map((topic): Place => {
        const routingKey = target.routingKey.isFixed ? target.routingKey.fixed(topic) : undefined;
        return { exchange: target.exchange.fixed(topic), routingKey };
      });
      const findings: Finding[] = [];
      for (const place of new Map(places.map((each) => [JSON.stringify(each), each])).values()) {
        const long = [...tooLong('sink.exchange', place.exchange), ...tooLong('sink.routingKey', place.routingKey ?? '')];
        findings.push(...(long.length > 0 ? long : await checkExchange(connection, place, answer)));
      }
      return findings;
    } finally {
      pool.giveBack(connection);
    }
  });
}

const tooLong = (option: string, name: string): Finding[] =>
  Buffer.byteLength(name) <= MAX_NAME_BYTES
    ? []
    : [
        errorFinding(
          option,
          new ConnectError('CONFIG_INVALID', `it has more than ${MAX_NAME_BYTES} bytes`, { remedy: `shorten ${option}` }),
        ),
      ];

/** Where the records of a topic go. */
interface Place {
  readonly exchange: string;
  /** Absent where it depends on the record. */
  readonly routingKey: string | undefined;
}

async function checkExchange(connection: RabbitmqConnection, { exchange, routingKey }: Place, answer: AwaitAnswer): Promise<Finding[]> {
  const { vhost, username } = connection;
  const problem = (error: unknown) => publishError(error, { exchange, vhost, username: username || undefined });
  if (exchange !== '') {
    const missing = await answer(refusal(connection, (channel) => channel.checkExchange(exchange)));
    if (missing !== undefined) return [errorFinding('sink.exchange', problem(missing))];
  }
  const refused = problem(await answer(probe(connection, exchange, routingKey ?? '')));
  // A topic's permission depends on the routing key.
  const mayDiffer = routingKey === undefined && /routing key/.test(refused.message);
  if (refused.code !== 'RECORD_REFUSED' && !mayDiffer) return [errorFinding('sink.exchange', refused)];
  if (exchange !== '' || routingKey === undefined) return [];
  const noQueue = await answer(refusal(connection, (channel) => channel.checkQueue(routingKey)));
  return noQueue === undefined ? [] : queueFindings(noQueue, routingKey);
}

/** Why the server refuses a message that it would never store. */
async function probe(connection: RabbitmqConnection, exchange: string, routingKey: string): Promise<Error> {
  const publisher = await Publisher.open(connection);
  const none = Buffer.alloc(0);
  const publication = {
    exchange: Buffer.from(exchange),
    routingKey: Buffer.from(routingKey),
    properties: NEVER_STORED,
    messageId: none,
    body: none,
  };
  await connection.answered(() => publisher.publish([publication], PROBE_MS));
  if (connection.failure !== undefined) throw connection.failure;
  return (
    publisher.failure ??
    new ConnectError('WRONG_KIND', 'what listens there takes a message that RabbitMQ refuses', { remedy: 'correct sink.urls' })
  );
}

const PROBE_MS = 6_000;

function queueFindings(error: Error, queue: string): Finding[] {
  const { code } = error as { code?: number };
  if (code !== 404) return [errorFinding('sink.routingKey', toConnectError(error))];
  const missing = new ConnectError('NOT_FOUND', `queue ${queue} does not exist, to which the default exchange would route`, {
    remedy: `create it: rabbitmqadmin declare queue name=${queue} durable=true, or correct sink.routingKey or sink.exchange`,
  });
  return [errorFinding('sink.routingKey', missing)];
}
