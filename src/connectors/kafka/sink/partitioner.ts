import { ConnectError, type SinkRecord } from '../../../api/index.ts';
import { userHeaderName } from '../../../kit/index.ts';
import { partitionOfKey } from '../protocol/produce/murmur2.ts';

const HEADER = 'header:';

/** The partition of a record, of so many. */
export type Partitioner = (record: SinkRecord, partitions: number) => number | ConnectError;

/** What `sink.partition` says: `key`, `queue` or `header:NAME`. */
export function partitionerOf(option: string): Partitioner {
  if (option === 'queue') return byQueue;
  if (option.startsWith(HEADER)) return byHeader(option.slice(HEADER.length));
  return (record, partitions) => (record.key === null ? byQueue(record, partitions) : partitionOfKey(record.key, partitions));
}

/** Queue 3 goes to partition 3; where there are fewer partitions, it begins again. */
const byQueue = ({ partition }: SinkRecord, partitions: number): number =>
  Number(partition.slice(partition.lastIndexOf(':') + 1)) % partitions;

function byHeader(header: string): Partitioner {
  const names = new Set([header, userHeaderName(header)]);
  return ({ headers }, partitions) => {
    const text = headers.findLast(({ name }) => names.has(name))?.value?.toString();
    if (text !== undefined && /^\d{1,9}$/.test(text) && Number(text) < partitions) return Number(text);
    const says = text === undefined ? 'is not there' : `is ${JSON.stringify(text.slice(0, 40))}`;
    return new ConnectError('RECORD_REFUSED', `header ${header} ${says}, and must be a partition from 0 to ${partitions - 1}`, {
      remedy: 'let its producer write one, or set sink.partition to key or queue',
    });
  };
}
