import type { Connection } from '@platformatic/kafka';
import { ConnectError, type Direction, toConnectError } from '../../../api/index.ts';
import type { Apis } from './api-versions.ts';
import type { KafkaConnectionConfig } from './connection-config.ts';
import { Connections } from './connections.ts';
import { commitOffsets, describeGroup, type GroupState } from './consumer-group.ts';
import { type Coordinated, Coordinator } from './coordinator.ts';
import { protocolError } from './errors/protocol-errors.ts';
import { type FetchedPartition, type FetchRequest, fetchRecords } from './fetch-records.ts';
import { partitionName } from './partition-name.ts';
import { Recovery } from './recovery.ts';
import { type Broker, describeTopics, isCompacted, listOffsets, type OffsetAnswers, type OffsetQuery, type Topic } from './topics.ts';

/** Topics grow and move, which a process that stays warm is not told. */
const MEMORY_MS = 30_000;
/** The coordinator of a group that moved or has just started is back by then. */
const GROUP_PATIENCE_MS = 5_000;

/** One Kafka cluster as one configuration reaches it. Kept between invocations; safe for several tasks at once. Throws ConnectError. */
export class KafkaClient {
  /** The section of the connector file that names the cluster, for errors. */
  readonly section: Direction;
  readonly #connections: Connections;
  /** As last asked for. Leaders move, so a caller that finds one wrong asks again. */
  readonly #topics = new Map<string, Topic>();
  /** When they were asked for, ms since 1970. */
  readonly #askedAt = new Map<string, number>();
  readonly #coordinators = new Map<string, Coordinator>();

  constructor(config: KafkaConnectionConfig, section: Direction) {
    this.section = section;
    this.#connections = new Connections(config, section);
  }

  /** Gets the token that connections need, where they need one, so that its failure is reported as such. Throws ConnectError. */
  authorize(): Promise<void> {
    return this.#connections.authorize();
  }

  /**
   * The topics of these names, from memory where that is younger than half a minute, unless `fresh`. A topic that doesn't exist or may not
   * be seen has an `error`.
   */
  async topics(names: readonly string[], fresh = false): Promise<Topic[]> {
    const asked = names.filter((name) => fresh || !this.#remembers(name));
    if (asked.length > 0) await this.#describe(asked, false);
    return names.flatMap((name) => this.#topics.get(name) ?? []);
  }

  /** The topics of these names, or all with `null`, as they are now, with what this user may do. */
  inspect(names: readonly string[] | null): Promise<Topic[]> {
    return this.#describe(names, true);
  }

  /** Which broker serves a partition of a known topic; undefined while there is none. */
  leader(topic: string, partition: number): Broker | undefined {
    return this.#topics.get(topic)?.leaders[partition];
  }

  /** How many partitions a known topic has. */
  partitions(topic: string): number {
    return this.#topics.get(topic)?.leaders.length ?? 0;
  }

  /** The id of a known topic. */
  topicId(topic: string): string | undefined {
    return this.#topics.get(topic)?.id;
  }

  fetch(leader: Broker, request: FetchRequest): Promise<FetchedPartition[]> {
    return this.#connections.use(leader, (connection, apis) => fetchRecords(connection, apis, request));
  }

  /** As `offsetAnswers`. Throws the first error among the answers. */
  async listOffsets(queries: readonly OffsetQuery[], committedOnly: boolean): Promise<Map<string, number | undefined>> {
    const answers = await this.offsetAnswers(queries, committedOnly);
    return new Map([...answers].map(([name, answer]) => [name, orThrow(answer)]));
  }

  /** Offsets of partitions of known topics, by partition name; see `listOffsets`. Looks for the leaders once more where they moved. */
  async offsetAnswers(queries: readonly OffsetQuery[], committedOnly: boolean): Promise<OffsetAnswers> {
    const answers = await this.#askLeaders(queries, committedOnly);
    const again = queries.filter((query) => {
      const answer = answers.get(partitionName(query));
      return answer instanceof ConnectError && answer.retriable;
    });
    if (again.length === 0) return answers;
    await this.topics([...new Set(again.map(({ topic }) => topic))], true);
    return new Map([...answers, ...(await this.#askLeaders(again, committedOnly))]);
  }

  /** Whether records may be taken out of the middle of a topic. Throws ConnectError, FORBIDDEN where the user may not ask. */
  isCompacted(topic: string): Promise<boolean> {
    return this.#connections.useAny(this.#leaders(), (connection, apis) => isCompacted(connection, apis, topic));
  }

  /** Looks at a consumer group. Throws ConnectError. */
  group(name: string, signal: AbortSignal): Promise<GroupState> {
    return new Recovery(signal, GROUP_PATIENCE_MS).retry(() =>
      this.useCoordinator('group', name, (connection, apis) => describeGroup(connection, apis, name)),
    );
  }

  /**
   * Commits the next offsets to read, by partition name, to a group that has no members; `note` is kept beside each. Returns why single
   * partitions are left out. Throws ConnectError.
   */
  commit(
    group: string,
    offsets: ReadonlyMap<string, number>,
    note: string,
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, ConnectError>> {
    return new Recovery(signal, GROUP_PATIENCE_MS).retry(() =>
      this.useCoordinator('group', group, (connection, apis) => commitOffsets(connection, apis, group, offsets, note)),
    );
  }

  /** Runs `call` on a connection to a broker. Throws ConnectError. */
  use<T>(broker: Broker, call: (connection: Connection, apis: Apis) => Promise<T>): Promise<T> {
    return this.#connections.use(broker, call);
  }

  /** The same for any broker. */
  useAny<T>(call: (connection: Connection, apis: Apis) => Promise<T>): Promise<T> {
    return this.#connections.useAny(this.#leaders(), call);
  }

  /** The same for the broker that coordinates a group or a transactional id. */
  useCoordinator<T>(kind: Coordinated, name: string, call: (connection: Connection, apis: Apis) => Promise<T>): Promise<T> {
    const key = `${kind} ${name}`;
    const known = this.#coordinators.get(key) ?? new Coordinator(this.#connections, kind, name);
    this.#coordinators.set(key, known);
    return known.use(this.#leaders(), call);
  }

  /** Opens a connection to a broker, to see whether it can be reached. */
  async reach(broker: Broker): Promise<void> {
    await this.#connections.use(broker, async () => {});
  }

  close(): Promise<void> {
    return this.#connections.close();
  }

  async #askLeaders(queries: readonly OffsetQuery[], committedOnly: boolean): Promise<OffsetAnswers> {
    const byLeader = Map.groupBy(queries, ({ topic, partition }) => this.leader(topic, partition));
    const answers = await Promise.all(
      [...byLeader].map(async ([leader, ofLeader]): Promise<OffsetAnswers> => {
        const all = (error: (name: string) => ConnectError): OffsetAnswers =>
          new Map(ofLeader.map(partitionName).map((name) => [name, error(name)]));
        if (leader === undefined) return all((name) => protocolError('LEADER_NOT_AVAILABLE', `partition ${name}`, this.section));
        return this.#connections
          .use(leader, (connection, apis) => listOffsets(connection, apis, ofLeader, committedOnly))
          .catch((error: unknown) => all(() => toConnectError(error)));
      }),
    );
    return new Map(answers.flatMap((answer) => [...answer]));
  }

  #remembers(name: string): boolean {
    return this.#topics.get(name)?.error === undefined && Date.now() - (this.#askedAt.get(name) ?? 0) < MEMORY_MS;
  }

  /** Brokers that are known to lead something. */
  #leaders(): Broker[] {
    return [...new Set([...this.#topics.values()].flatMap(({ leaders }) => leaders).filter((leader) => leader !== undefined))];
  }

  async #describe(names: readonly string[] | null, rights: boolean): Promise<Topic[]> {
    const topics = await this.#connections.useAny(this.#leaders(), (connection, apis) => describeTopics(connection, apis, names, rights));
    for (const topic of topics) {
      this.#topics.set(topic.name, topic);
      this.#askedAt.set(topic.name, Date.now());
    }
    return topics;
  }
}

function orThrow(answer: number | undefined | ConnectError): number | undefined {
  if (answer instanceof ConnectError) throw answer;
  return answer;
}
