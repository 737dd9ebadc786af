import { ConnectError, type SourceTaskContext, type TaskConfig } from '../../../api/index.ts';
import { selectionMark } from '../../../kit/index.ts';
import type { KafkaSourceConfig } from '../config/config.ts';
import type { KafkaClient } from '../protocol/client.ts';
import { protocolError } from '../protocol/errors/protocol-errors.ts';
import { plannedPartition } from '../protocol/partition-name.ts';
import type { Topic } from '../protocol/topics.ts';

/** What the plan tells a task besides its partitions; `options` of its task config. */
export interface KafkaTaskOptions {
  /** Ids of its topics when they were first planned: another id under the name is another topic. */
  readonly topicIds: Readonly<Record<string, string>>;
  /** How many partitions a topic had when it was planned: further ones are read by no task. Told to the task that has its partition 0. */
  readonly partitionCounts: Readonly<Record<string, number>>;
  /** Stands for the names of all topics that a pattern selected: see `selectionMark`. Told to the first task; absent where topics are listed. */
  readonly selection?: string;
  /** Partitions that came after the first plan: none of their records may be missed, whatever `startAt` says. */
  readonly addedLater: readonly string[];
}

export function taskOptions({ options }: TaskConfig): KafkaTaskOptions {
  return { topicIds: {}, partitionCounts: {}, addedLater: [], ...options };
}

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

/** Whether the pattern selects other topics than when the plan was made. The first task looks for all of them. */
export async function newTopicsNotice(
  client: KafkaClient,
  { config, task, taskConfig }: Pick<SourceTaskContext<KafkaSourceConfig>, 'config' | 'task' | 'taskConfig'>,
): Promise<string[]> {
  const { selection } = taskOptions(taskConfig);
  if (task !== 0 || selection === undefined || config.topicsPattern === undefined) return [];
  const { selectTopics } = await import('./select-topics.ts');
  // A task that can't ask this now can still copy.
  const topics = await selectTopics(client, config).catch(() => undefined);
  if (topics === undefined || selectionMark(topics.map(({ name }) => name)) === selection) return [];
  return [
    'source.topicsPattern selects other topics than when the plan was made, and no task reads new ones: apply or replan the connector',
  ];
}
