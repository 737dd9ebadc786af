import {
  type ClientCache,
  type ConnectorContext,
  type FailedRecord,
  type Position,
  type SinkRecord,
  silentLogger,
} from '../../../src/api/index.ts';
import { kafkaSink } from '../../../src/connectors/kafka/index.ts';
import type { KafkaSinkConfig } from '../../../src/connectors/kafka/sink/config.ts';
import { KafkaSinkTask } from '../../../src/connectors/kafka/sink/sink.ts';
import { created, started, writtenBy } from '../../support/sink/batches.ts';
import { KafkaLab } from './kafka-lab.ts';

export type SinkOptions = { [K in keyof KafkaSinkConfig]?: unknown };

export interface Written {
  readonly key: string | null;
  readonly value: string | null;
  readonly partition: number;
}

/** Kafka topics, and a sink's task as the runtime runs it. `await using`. */
export class KafkaSinkLab extends KafkaLab {
  sinkConfig(options: SinkOptions): KafkaSinkConfig {
    return kafkaSink.config.parse({ bootstrapServers: this.addresses.kafka, connectTimeoutMs: 30_000, ...options });
  }

  sinkConnector(options: SinkOptions, rest: Partial<ConnectorContext> = {}) {
    const context = { connector: 'lab', logger: silentLogger, clients: this.clients, signal: new AbortController().signal, ...rest };
    return kafkaSink.create(this.sinkConfig(options), context);
  }

  sink(options: SinkOptions, partitions: readonly string[] = [], clients: ClientCache = this.clients): Promise<KafkaSinkTask> {
    return started(KafkaSinkTask, { config: this.sinkConfig(options), clients, taskConfig: { partitions } });
  }

  /** What a task that starts says of where its queues are. */
  async positions(options: SinkOptions, partitions: readonly string[]): Promise<ReadonlyMap<string, Position>> {
    const { clients } = this;
    const task = created(KafkaSinkTask, { config: this.sinkConfig(options), clients, taskConfig: { partitions } });
    const { positions = new Map<string, Position>() } = await task.start();
    await task.stop();
    return positions;
  }

  written(options: SinkOptions, records: readonly SinkRecord[]): Promise<readonly FailedRecord[]> {
    return writtenBy(this.sink(options), records);
  }

  /** All that a topic holds, partition by partition. */
  async content(topic: string) {
    const ends = (await this.topics.endOffsets(topic)) ?? [];
    const parts = await Promise.all(
      ends.map(async (end, partition) => {
        const records = [];
        for await (const chunk of this.topics.read(topic, partition, 0, end)) records.push(...chunk);
        return records;
      }),
    );
    return parts.flat();
  }

  async texts(topic: string): Promise<Written[]> {
    return (await this.content(topic)).map(({ key, value, partition }) => ({
      key: key && String(key),
      value: value && String(value),
      partition,
    }));
  }
}
