import { ConnectError, type Position, toConnectError } from '../../api/index.ts';
import type { KafkaClient } from './client.ts';

/** Tells Kafka's own tools how far a task is: what is stored is committed to a group that nobody joins, and never read from there. */
export class GroupCommits {
  readonly #client: Pick<KafkaClient, 'group' | 'commit'>;
  readonly #group: string;
  readonly #connector: string;
  readonly #partitions: ReadonlySet<string>;
  readonly #ended = new AbortController();
  #usable: Promise<void> | undefined;

  /** `partitions`: those that the run reads; others may be of a topic that is gone. */
  constructor(client: Pick<KafkaClient, 'group' | 'commit'>, group: string, connector: string, partitions: Iterable<string>) {
    this.#client = client;
    this.#group = group;
    this.#connector = connector;
    this.#partitions = new Set(partitions);
  }

  /** Returns a notice where it failed: nothing depends on it, and the next commit brings all up to date. */
  async commit(positions: ReadonlyMap<string, Position>): Promise<string[]> {
    const { signal } = this.#ended;
    const offsets = new Map([...positions].flatMap(([name, position]) => (this.#partitions.has(name) ? [[name, Number(position)]] : [])));
    if (offsets.size === 0) return [];
    try {
      this.#usable ??= this.#checkGroup();
      await this.#usable;
      await this.#client.commit(this.#group, offsets, this.#connector, signal);
      return [];
    } catch (error) {
      if (signal.aborted) return [];
      const { line, retriable } = toConnectError(error);
      if (retriable) this.#usable = undefined;
      return [`positions are not committed to the group of source.commitGroup, the copy goes on: ${line}`];
    }
  }

  /** Nothing more is tried. */
  stop(): void {
    this.#ended.abort();
  }

  /** Consumers that come back would go on at our offsets, and leave out what they had not read. */
  async #checkGroup(): Promise<void> {
    const { joined } = await this.#client.group(this.#group, this.#ended.signal);
    if (joined) throw joinedGroup(this.#group);
  }
}

export const joinedGroup = (group: string): ConnectError =>
  new ConnectError('WRONG_STATE', `group ${group} is one of consumers, whose offsets would be overwritten`, {
    remedy: 'set source.commitGroup to a name that no consumer uses',
  });
