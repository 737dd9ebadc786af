import { ConnectError, type FailedRecord, type SinkBatch, type SinkTask, type SinkTaskContext } from '../../../api/index.ts';
import { ActivemqClient } from '../protocol/client.ts';
import { connectionKey } from '../protocol/connection-options.ts';
import type { ActivemqSinkConfig } from './config.ts';
import { destinationOf } from './destination.ts';
import { LaneWriter, type Shared } from './lane-writer.ts';

/** Sends records to ActiveMQ, and waits until the broker has accepted all of a batch. */
export class ActivemqSinkTask implements SinkTask {
  readonly #context: SinkTaskContext<ActivemqSinkConfig>;
  readonly #lanes = new Map<string, LaneWriter>();
  #shared: Shared | undefined;

  constructor(context: SinkTaskContext<ActivemqSinkConfig>) {
    this.#context = context;
  }

  /** Links are opened with the first record for each destination. */
  async start(): Promise<Record<string, never>> {
    const { config, clients } = this.#context;
    const open = async () => new ActivemqClient(config, 'sink');
    const client = await clients.get(connectionKey(config, 'sink'), open, (opened) => opened.close());
    this.#shared = { client, config, destination: destinationOf(config) };
    return {};
  }

  async write(batch: SinkBatch): Promise<{ readonly failed?: readonly FailedRecord[] }> {
    if (this.#shared === undefined) throw new ConnectError('INTERNAL', 'the task was not started');
    const lane = this.#lanes.get(batch.lane) ?? new LaneWriter(this.#shared);
    this.#lanes.set(batch.lane, lane);
    const failed = await lane.write(batch);
    return failed.length === 0 ? {} : { failed };
  }

  /** The connection stays for the next run, unless something is on its way that nobody waits for. */
  async stop(): Promise<void> {
    for (const lane of this.#lanes.values()) lane.close();
    this.#lanes.clear();
  }
}
