import { ActivemqBroker } from '../../../infra/local/activemq-broker.ts';
import { RabbitmqQueues, rabbitmqOptions } from '../../../infra/local/rabbitmq-queues.ts';
import type { StackAddresses } from '../../../infra/local/stack.ts';
import { uniqueName } from '../../support/names.ts';

/** A queue of one system, and the connector that empties it. */
export interface QueueSystem {
  readonly type: string;
  /** npm name. */
  readonly client: string;
  /** Of the connector file. */
  readonly source: object;
  /** Parameters of AWS Systems Manager to which `source` refers, by name. */
  readonly parameters: Readonly<Record<string, string>>;
  fill(bodies: readonly string[]): Promise<void>;
  remove(): Promise<void>;
}

/** For a machine with other things to do. */
const PATIENCE = { connectTimeoutMs: 30_000 };

/** `secretsPrefix`: how names of parameters begin that functions may read. */
export async function openRabbitmq({ rabbitmq }: StackAddresses, secretsPrefix: string): Promise<QueueSystem> {
  const queue = uniqueName('e2e');
  const { password, ...options } = rabbitmqOptions(rabbitmq);
  const parameter = `/${secretsPrefix}${queue}/password`;
  const queues = await RabbitmqQueues.open(rabbitmq);
  await queues.create(queue);
  return {
    type: 'rabbitmq-source',
    client: 'amqplib',
    source: { ...options, ...PATIENCE, password: `\${ssm:${parameter}}`, queues: [queue] },
    parameters: { [parameter]: password },
    fill: (bodies) =>
      queues.publish(
        queue,
        bodies.map((body) => ({ body: Buffer.from(body) })),
      ),
    async remove() {
      await queues.delete(queue);
      await queues.close();
    },
  };
}

/** ActiveMQ removes queues by itself, or at its next start. */
export async function openActivemq({ activemq }: StackAddresses): Promise<QueueSystem> {
  const queue = uniqueName('open.e2e');
  const broker = await ActivemqBroker.open(activemq);
  return {
    type: 'activemq-source',
    client: 'rhea',
    source: { url: activemq, ...PATIENCE, queues: [queue] },
    parameters: {},
    fill: (bodies) =>
      broker.send(
        { name: queue },
        bodies.map((body) => ({ body })),
      ),
    remove: () => broker.close(),
  };
}
