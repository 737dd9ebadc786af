import { ConnectError, type Logger } from '../../api/index.ts';
import type { KafkaClient } from './client.ts';
import type { KafkaSourceConfig } from './config.ts';
import { EARLIEST, LATEST } from './list-offsets.ts';
import type { PartitionReader } from './partition-reader.ts';

/**
 * What to do with a partition whose position Kafka does not have (any more): moves the reader to where it goes on, or throws
 * POSITION_LOST.
 */
export function outOfRangePolicy(
  client: KafkaClient,
  { onOffsetOutOfRange: policy, isolation }: Pick<KafkaSourceConfig, 'onOffsetOutOfRange' | 'isolation'>,
  logger: Logger,
): (reader: PartitionReader) => Promise<void> {
  return async (reader) => {
    const { name, topic, partition, fetchOffset } = reader;
    const ask = async (at: number) => (await client.listOffsets([{ topic, partition, at }], isolation === 'read_committed')).get(name) ?? 0;
    const [earliest, latest] = await Promise.all([ask(EARLIEST), ask(LATEST)]);
    if (policy === 'fail') {
      const why = fetchOffset < earliest ? `${earliest - fetchOffset} offsets are gone` : 'that is beyond its end';
      throw new ConnectError(
        'POSITION_LOST',
        `partition ${name}: can't resume at offset ${fetchOffset}, Kafka has ${earliest}..${latest}: ${why}`,
        {
          remedy: 'set source.onOffsetOutOfRange to earliest or latest to go on there, apply, and resume the connector',
        },
      );
    }
    const to = policy === 'earliest' ? earliest : latest;
    logger.warn('position lost', { partition: name, offset: fetchOffset, earliest, latest, goesOnAt: to });
    reader.seek(to, latest);
  };
}
