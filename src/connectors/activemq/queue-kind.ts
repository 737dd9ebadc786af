import { ConnectError, type Finding } from '../../api/index.ts';
import { errorFinding } from '../../kit/index.ts';
import type { AmqpConnection } from './amqp-connection.ts';
import { queuesWith } from './artemis-management.ts';
import type { ConsumerSpec } from './consumers.ts';

/** Queues of Artemis that a run would empty as it ends. Nothing where this user may not ask the broker's management. */
export async function checkQueueKinds(connection: AmqpConnection, specs: readonly ConsumerSpec[]): Promise<Finding[]> {
  if (!connection.isArtemis) return [];
  const queues = new Map(specs.filter(({ kind }) => kind === 'queue').map((spec) => [spec.address.split('::').at(-1) as string, spec]));
  const emptied = await queuesWith(connection, 'purgeOnNoConsumers', [...queues.keys()]);
  return [...emptied].flatMap((name) => {
    const spec = queues.get(name);
    if (spec === undefined) return [];
    const message = `${spec.source} is emptied by the broker when its last consumer ends (purge-on-no-consumers), as each run does`;
    const remedy = 'turn that off at the broker, or divert its address to a queue without it and name that one';
    return [errorFinding(spec.option, new ConnectError('WRONG_KIND', message, { remedy }))];
  });
}
