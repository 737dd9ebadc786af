import { ConnectError } from '../../../api/index.ts';
import type { KafkaSourceConfig } from '../config/config.ts';
import type { KafkaClient } from '../protocol/client.ts';
import { EARLIEST, LATEST } from '../protocol/list-offsets.ts';
import type { PartitionReader } from './partition-reader.ts';

/**
 * What to do with a partition whose position Kafka does not have (any more): moves the reader to where it goes on, and says so by
 * `notify`, or throws POSITION_LOST.
 */
export function outOfRangePolicy(
  client: KafkaClient,
  { onOffsetOutOfRange: policy, isolation }: Pick<KafkaSourceConfig, 'onOffsetOutOfRange' | 'isolation'>,
  notify: (notice: string) => void,
): (reader: PartitionReader) => Promise<void> {
  return async (reader) => {
    const { name, topic, partition, fetchOffset } = reader;
    const ask = async (at: number) => (await client.listOffsets([{ topic, partition, at }], isolation === 'read_committed')).get(name) ?? 0;
    const [earliest, latest] = await Promise.all([ask(EARLIEST), ask(LATEST)]);
    const isGone = fetchOffset < earliest;
    if (policy === 'fail') {
      const why = isGone ? `${earliest - fetchOffset} offsets are gone` : 'that is beyond its end';
      throw new ConnectError(
        'POSITION_LOST',
        `partition ${name}: can't resume at offset ${fetchOffset}, Kafka has ${earliest}..${latest}: ${why}`,
        {
          remedy: isGone
            ? 'set source.onOffsetOutOfRange to earliest, to go on at the first record that is left, and apply'
            : 'set source.onOffsetOutOfRange to earliest, to copy all that the partition has now, also what was copied before, and apply',
        },
      );
    }
    const to = policy === 'earliest' ? earliest : latest;
    const passed = to > fetchOffset ? `${to - fetchOffset} offsets were passed` : `offsets from ${to} on may come again`;
    notify(`partition ${name}: Kafka has ${earliest}..${latest} and not offset ${fetchOffset}, goes on at ${to}: ${passed}`);
    reader.seek(to, latest);
  };
}
