import { StackError } from '../../install/stack-error.ts';
import type { KafkaTopics } from '../../kafka-topics.ts';
import { type Dataset, PARTITIONS } from '../flights/dataset.ts';

export interface LoadedKafka {
  /** The number of messages that this call added. It is 0 if the topic was complete. */
  readonly added: number;
  /** The end offset of each partition. */
  readonly endOffsets: readonly number[];
}

/**
 * Fills the topic with the data set, once. If an earlier load stopped, it continues after what each partition has. It returns early if the
 * signal is aborted. The data set's order is always the same, so a partition's end offset says which of its messages are there.
 */
export async function loadKafka(
  kafka: KafkaTopics,
  topic: string,
  dataset: Dataset,
  signal: AbortSignal,
  onProgress: (rows: number) => void,
): Promise<LoadedKafka> {
  const before = await ensureTopic(kafka, topic);
  const present = sum(before);
  if (present > dataset.rows || before.length !== PARTITIONS)
    throw new StackError(
      `Kafka topic ${topic} has ${present} messages in ${before.length} partitions where data set ${dataset.name} has ${dataset.rows} in ${PARTITIONS}`,
      'delete that topic, or start with an empty folder: STACK_DIR=DIR npm start',
    );
  onProgress(present);
  if (present === dataset.rows) return { added: 0, endOffsets: before };
  const seen = before.map(() => 0);
  let done = present;
  for await (const chunk of dataset.messages()) {
    if (signal.aborted) return { added: done - present, endOffsets: before };
    const missing = chunk.filter(({ partition }) => {
      const index = seen[partition] ?? 0;
      seen[partition] = index + 1;
      return index >= (before[partition] ?? 0);
    });
    await kafka.produce(topic, missing);
    done += missing.length;
    onProgress(done);
  }
  const endOffsets = await requireOffsets(kafka, topic);
  if (sum(endOffsets) !== dataset.rows)
    throw new StackError(
      `Kafka topic ${topic} has ${sum(endOffsets)} messages after a load of ${dataset.rows}`,
      'stop other writers, delete the topic and start again',
    );
  return { added: dataset.rows - present, endOffsets };
}

async function ensureTopic(kafka: KafkaTopics, topic: string): Promise<number[]> {
  const existing = await kafka.endOffsets(topic);
  if (existing !== undefined) return existing;
  await kafka.create(topic, PARTITIONS);
  return requireOffsets(kafka, topic);
}

async function requireOffsets(kafka: KafkaTopics, topic: string): Promise<number[]> {
  const offsets = await kafka.endOffsets(topic);
  if (offsets === undefined) throw new Error(`Kafka topic ${topic} is gone`);
  return offsets;
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
