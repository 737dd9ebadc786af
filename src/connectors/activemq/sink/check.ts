import { randomUUID } from 'node:crypto';
import { ConnectError, type ConnectorContext, type Finding, toConnectError } from '../../../api/index.ts';
import { checkWithin, errorFinding } from '../../../kit/index.ts';
import { AmqpConnection } from '../protocol/amqp-connection.ts';
import { parseUrls } from '../protocol/connection-options.ts';
import { connectionFrame } from '../protocol/errors/connection-errors.ts';
import { AmqpSender } from '../protocol/send/amqp-sender.ts';
import type { ActivemqSinkConfig } from './config.ts';
import { destinationOf, parseTarget } from './destination.ts';

const OPTION = 'sink.destination';

/**
 * Looks at a broker as the tasks will: address, encryption, credentials, and whether the queue or topic may be written, unless it depends on
 * the records. Writes nothing; a broker that makes queues when they are named makes this one.
 */
export async function checkActivemqSink(
  config: ActivemqSinkConfig,
  { signal, topics = [] }: Pick<ConnectorContext, 'signal' | 'topics'>,
): Promise<Finding[]> {
  let opening: Promise<AmqpConnection> | undefined;
  try {
    return await checkWithin({ ...connectionFrame('sink'), signal }, async (_limit, progress, answer) => {
      const id = `rocketmq-connect-check-${randomUUID()}`;
      opening = AmqpConnection.open(config, 'sink', parseUrls(config.url, 'sink'), id);
      const connection = await answer(opening);
      connection.onHeard = progress;
      const destination = destinationOf(config);
      const names = destination.isFixed ? [...new Set(topics.map((topic) => destination.fixed(topic)))] : [];
      const findings: Finding[] = [];
      for (const name of names) {
        try {
          (await answer(AmqpSender.open(connection, parseTarget(Buffer.from(name))))).close();
        } catch (error) {
          if (connection.failure !== undefined || !(error instanceof ConnectError)) throw connection.failure ?? error;
          const found = toConnectError(error);
          // A name that can't be one is a record's fault only where the record has it.
          const code = found.code === 'RECORD_REFUSED' ? 'CONFIG_INVALID' : found.code;
          findings.push({ ...errorFinding(OPTION, found), code });
        }
      }
      return findings;
    });
  } finally {
    // Also where it opens only after the check was given up.
    opening?.then((connection) => connection.close()).catch(() => {});
  }
}
