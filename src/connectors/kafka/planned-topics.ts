import { ConnectError, type TaskConfig } from '../../api/index.ts';
import type { KafkaClient } from './client.ts';
import { protocolError } from './errors.ts';
import { plannedPartition } from './partition-name.ts';
import { taskOptions } from './task-options.ts';
import type { Topic } from './topics.ts';

/** The topics of one task: asks about them, and holds them against what was planned. */
export class PlannedTopics {
  readonly #client: KafkaClient;
  readonly #partitions: ReadonlyMap<string, readonly number[]>;
  readonly #ids: Readonly<Record<string, string>>;

  constructor(client: KafkaClient, taskConfig: TaskConfig) {
    this.#client = client;
    const planned = Map.groupBy(taskConfig.partitions.map(plannedPartition), ({ topic }) => topic);
    this.#partitions = new Map([...planned].map(([topic, partitions]) => [topic, partitions.map(({ partition }) => partition)]));
    this.#ids = taskOptions(taskConfig).topicIds;
  }

  /** Makes the topics known to the client, from its memory unless `fresh`. Throws when one is not what was planned. */
  async describe(fresh: boolean): Promise<void> {
    const topics = await this.#client.topics([...this.#partitions.keys()], fresh);
    try {
      for (const topic of topics) this.#check(topic);
    } catch (error) {
      if (fresh) throw error;
      await this.describe(true);
    }
  }

  #check({ name, id, error, leaders }: Topic): void {
    if (error !== undefined) throw protocolError(error, `topic ${name}`);
    refuseRecreated(name, this.#ids[name], id);
    const gone = this.#partitions.get(name)?.find((partition) => partition >= leaders.length);
    if (gone !== undefined) throw protocolError('UNKNOWN_TOPIC_OR_PARTITION', `partition ${gone} of topic ${name}`);
  }
}

/**
 * Throws POSITION_LOST when the topic is not the one that was planned: positions of the deleted one would skip records of the
 * new one, whose message keys would be taken for repeats.
 */
export function refuseRecreated(topic: string, planned: string | undefined, id: string | undefined): void {
  if (planned === undefined || id === undefined || planned === id) return;
  throw new ConnectError('POSITION_LOST', `topic ${topic} was deleted and created again (its id was ${planned} and is ${id})`, {
    remedy: 'delete the connector and apply it under another name: positions and message keys of the old topic do not fit the new one',
  });
}
