import { ConnectError, type SinkBatch, type SinkTask, type SinkTaskContext } from '../../api/index.ts';
import type { LambdaSinkConfig } from './config.ts';
import { FunctionClient } from './function-client.ts';
import { LaneWriter } from './lane-writer.ts';
import { partitionNumber } from './partition-numbers.ts';

const JUDGED_RECORDS = 10;

/** Hands records to a function, each lane one event after the other. */
export class LambdaSinkTask implements SinkTask {
  /** Few events a batch: a function may take minutes for each. The runtime does not judge a configuration by fewer records. */
  readonly maxRecords: number;
  readonly #context: SinkTaskContext<LambdaSinkConfig>;
  readonly #lanes = new Map<string, LaneWriter>();
  #client: FunctionClient | undefined;

  constructor(context: SinkTaskContext<LambdaSinkConfig>) {
    this.#context = context;
    this.maxRecords = Math.max(context.config.batchSize, JUDGED_RECORDS);
  }

  async start(): Promise<Record<string, never>> {
    const { config, clients } = this.#context;
    this.#client = await FunctionClient.get(config, clients);
    return {};
  }

  async write(batch: SinkBatch): Promise<Record<string, never>> {
    await this.#lane(batch).write(batch);
    return {};
  }

  /** The client stays in the cache, for the next run. */
  async stop(): Promise<void> {}

  #lane({ lane, partition }: SinkBatch): LaneWriter {
    const known = this.#lanes.get(lane);
    if (known !== undefined) return known;
    if (this.#client === undefined) throw new ConnectError('INTERNAL', 'the task was not started');
    const { config, taskConfig } = this.#context;
    const brokers = (taskConfig.options?.brokers ?? []) as readonly string[];
    const writer = new LaneWriter(this.#client, config, partitionNumber(partition, brokers));
    this.#lanes.set(lane, writer);
    return writer;
  }
}
