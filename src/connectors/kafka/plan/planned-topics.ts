import { ConnectError, type TaskConfig } from '../../../api/index.ts';
import { taskOptions } from '../config/task-options.ts';
import type { KafkaClient } from '../protocol/client.ts';
import { protocolError } from '../protocol/errors/protocol-errors.ts';
import { plannedPartition } from '../protocol/partition-name.ts';
import type { Topic } from '../protocol/topics.ts';

/** The topics of one task: asks about them, and holds them against what was planned. */
export class PlannedTopics {
  readonly #client: KafkaClient;
  readonly #partitions: ReadonlyMap<string, readonly number[]>;
  readonly #ids: Readonly<Record<string, string>>;
  readonly #counts: ReadonlyMap<string, number>;

  constructor(client: KafkaClient, taskConfig: TaskConfig) {
    this.#client = client;
    const planned = Map.groupBy(taskConfig.partitions.map(plannedPartition), ({ topic }) => topic);
    this.#partitions = new Map([...planned].map(([topic, partitions]) => [topic, partitions.map(({ partition }) => partition)]));
    const { topicIds, partitionCounts } = taskOptions(taskConfig);
    this.#ids = topicIds;
    this.#counts = new Map(Object.entries(partitionCounts));
  }

  /**
   * Makes the topics known to the client, from its memory unless `fresh`. Returns what is wrong with those that are not what was
   * planned, by topic. Throws when no broker can be asked.
   */
  async describe(fresh: boolean): Promise<Map<string, ConnectError>> {
    const topics = await this.#client.topics([...this.#partitions.keys()], fresh);
    const problems = new Map(topics.flatMap((topic) => this.#problem(topic)));
    return problems.size > 0 && !fresh ? this.describe(true) : problems;
  }

  /** A sentence for each topic that got partitions since the plan was made, which no task reads. */
  unread(): string[] {
    return [...this.#counts].flatMap(([topic, planned]) => {
      const now = this.#client.partitions(topic);
      if (now <= planned) return [];
      const which = now - planned === 1 ? `partition ${planned}` : `partitions ${planned} to ${now - 1}`;
      return [`no task reads ${which} of topic ${topic}, which came after the plan: apply or replan the connector`];
    });
  }

  #problem({ name, id, error, leaders }: Topic): Array<[string, ConnectError]> {
    if (error !== undefined) return [[name, protocolError(error, `topic ${name}`, this.#client.section)]];
    const recreated = recreation(name, this.#ids[name], id);
    if (recreated !== undefined) return [[name, recreated]];
    const gone = this.#partitions.get(name)?.find((partition) => partition >= leaders.length);
    return gone === undefined
      ? []
      : [[name, protocolError('UNKNOWN_TOPIC_OR_PARTITION', `partition ${gone} of topic ${name}`, this.#client.section)]];
  }
}

/**
 * POSITION_LOST when the topic is not the one that was planned: positions of the deleted one would skip records of the
 * new one, whose message keys would be taken for repeats.
 */
export function recreation(topic: string, planned: string | undefined, id: string | undefined): ConnectError | undefined {
  if (planned === undefined || id === undefined || planned === id) return undefined;
  return new ConnectError('POSITION_LOST', `topic ${topic} was deleted and created again (its id was ${planned} and is ${id})`, {
    remedy:
      'copy the new topic by a connector of another name, with startAt: earliest, and take it out of this one (source.topics, source.excludeTopicsPattern), or delete this one where it has no other: positions and message keys of the old topic do not fit the new one',
  });
}
