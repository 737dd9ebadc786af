import { messageToRecord } from '../../../../src/rocketmq/record-mapping.ts';
import { isReservedName } from '../../../../src/rocketmq/reserved-names.ts';
import type { StoredMessage } from '../../../../src/rocketmq/stored-message.ts';
import type { RocketmqAdmin } from '../../rocketmq-admin/rocketmq-admin.ts';
import { type Arrived, type CheckResult, Comparison, type ComparisonOptions } from './comparison.ts';

export interface CheckOptions extends Omit<ComparisonOptions, 'title'> {
  readonly rocketmq: RocketmqAdmin;
  readonly rocketmqTopic: string;
  readonly connector: string;
}

/** Compares what a RocketMQ topic holds with what the connector should have copied there. */
export async function check(options: CheckOptions): Promise<CheckResult> {
  const { rocketmq, rocketmqTopic, connector, partitions } = options;
  const names = new Set(partitions.map(({ name }) => name));
  const comparison = new Comparison({ ...options, title: 'RocketMQ' });
  try {
    const queues = (await rocketmq.topicStats(rocketmqTopic)) ?? [];
    await Promise.all(
      queues.map(async ({ queue, max }) => {
        for await (const messages of rocketmq.readQueue(rocketmqTopic, queue, { to: max }))
          await comparison.take(messages.map((message) => arrived(message, connector, names)));
      }),
    );
    return comparison.result();
  } finally {
    await comparison.close();
  }
}

function arrived({ queue, offset, body, properties }: StoredMessage, connector: string, partitions: ReadonlySet<string>): Arrived {
  const record = messageToRecord({
    body,
    keys: (properties.get('KEYS') ?? '').split(' '),
    properties: new Map([...properties].filter(([name]) => !isReservedName(name))),
  });
  const name = record.sourceKey ?? 'a message without key';
  const origin = originOf(record.sourceKey, connector);
  const copyOf = origin !== undefined && partitions.has(origin.partition) ? origin : `${name} is not a record of this connector`;
  return { where: `queue ${queue} offset ${offset}`, copyOf, record };
}

/** Returns the record's origin, as the deterministic key `connector/partition/id` names it. */
function originOf(sourceKey: string | undefined, connector: string): { readonly partition: string; readonly id: number } | undefined {
  const prefix = `${connector}/`;
  const [, partition, id] = (sourceKey?.startsWith(prefix) && /^(.+)\/(\d+)$/.exec(sourceKey.slice(prefix.length))) || [];
  return partition === undefined ? undefined : { partition, id: Number(id) };
}
