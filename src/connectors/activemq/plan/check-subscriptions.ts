import { ConnectError, type Finding, toConnectError } from '../../../api/index.ts';
import { errorFinding } from '../../../kit/index.ts';
import type { ActivemqSourceConfig } from '../config/config.ts';
import { type ConsumerSpec, consumersOf } from '../config/consumers.ts';
import type { AmqpConnection } from '../protocol/amqp-connection.ts';
import { NO_EVENTS, resumeUnchanged } from '../protocol/open-consumer.ts';

/** Whether subscriptions that exist are those of the configuration. Makes none, and takes no message. */
export async function checkSubscriptions(
  open: (clientId: string) => Promise<AmqpConnection>,
  { isArtemis }: AmqpConnection,
  config: ActivemqSourceConfig,
  progress: () => void,
): Promise<Finding[]> {
  const specs = consumersOf(config).filter(({ durable }) => durable !== undefined);
  const check = async (spec: ConsumerSpec) => (isArtemis ? checkByAsking(open, spec).finally(progress) : checkUnasked(spec));
  return (await Promise.all(specs.map(check))).flat();
}

/** Classic deletes a subscription with a selector in answering what it is. */
function checkUnasked({ source, option, durable }: ConsumerSpec): Finding[] {
  if (durable === undefined || !durable.ofOther || durable.takeOver) return [];
  const message = `${source} may be one that client ${durable.clientId} made: resumed with another selector, Classic deletes what waits in it`;
  return [
    errorFinding(
      option,
      new ConnectError('CONFIG_INVALID', message, {
        remedy: 'give it the selector that it was made with, or none where it has none, and then set takeOver: true in its entry',
      }),
    ),
  ];
}

async function checkByAsking(open: (clientId: string) => Promise<AmqpConnection>, spec: ConsumerSpec): Promise<Finding[]> {
  let connection: AmqpConnection | undefined;
  try {
    connection = await open(spec.durable?.clientId as string);
    await (await resumeUnchanged(connection, spec, NO_EVENTS))?.close();
    return [];
  } catch (error) {
    const { code, message, remedy = '', retriable } = toConnectError(error);
    if (!retriable) return [{ level: 'error', code, option: spec.option, message, remedy }];
    // It may be read just now, by a run of this connector or by its owner. Each run looks again before it reads.
    return [{ level: 'warning', code, option: spec.option, message: `${spec.source} can't be looked at now: ${message}`, remedy }];
  } finally {
    await connection?.close();
  }
}
