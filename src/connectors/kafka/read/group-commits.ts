import { type ConnectError, type Position, toConnectError } from '../../../api/index.ts';
import type { KafkaClient } from '../protocol/client.ts';
import { joinedGroup } from '../protocol/consumer-group.ts';

const COMMITTED = 'committed to the group of source.commitGroup, the copy goes on';

/** Tells Kafka's own tools how far a task is: what is stored is committed to a group that nobody joins, and never read from there. */
export class GroupCommits {
  readonly #client: Pick<KafkaClient, 'section' | 'group' | 'commit'>;
  readonly #group: string;
  readonly #connector: string;
  /** This run commits the positions of these partitions. */
  readonly #partitions: Set<string>;
  readonly #ended = new AbortController();
  #usable: Promise<void> | undefined;

  /** `partitions`: those that the run reads; others may be of a topic that is gone. */
  constructor(client: Pick<KafkaClient, 'section' | 'group' | 'commit'>, group: string, connector: string, partitions: Iterable<string>) {
    this.#client = client;
    this.#group = group;
    this.#connector = connector;
    this.#partitions = new Set(partitions);
  }

  /**
   * Returns a notice where it failed: nothing depends on it, and the next commit brings all up to date. A partition that Kafka refuses is
   * left out for the rest of the run.
   */
  async commit(positions: ReadonlyMap<string, Position>): Promise<string[]> {
    const { signal } = this.#ended;
    const offsets = new Map([...positions].flatMap(([name, position]) => (this.#partitions.has(name) ? [[name, Number(position)]] : [])));
    if (offsets.size === 0) return [];
    try {
      this.#usable ??= this.#checkGroup();
      await this.#usable;
      const refused = await this.#client.commit(this.#group, offsets, this.#connector, signal);
      for (const name of refused.keys()) this.#partitions.delete(name);
      return refusedNotice([...refused.values()]);
    } catch (error) {
      if (signal.aborted) return [];
      const { line, retriable } = toConnectError(error);
      if (retriable) this.#usable = undefined;
      return [`positions are not ${COMMITTED}: ${line}`];
    }
  }

  /** Nothing more is tried. */
  stop(): void {
    this.#ended.abort();
  }

  /** Consumers that come back would go on at our offsets, and leave out what they had not read. */
  async #checkGroup(): Promise<void> {
    const { joined } = await this.#client.group(this.#group, this.#ended.signal);
    if (joined) throw joinedGroup(this.#group, this.#client.section);
  }
}

/** One for all: they mostly have one reason, a topic that is gone. */
function refusedNotice([first, ...others]: readonly ConnectError[]): string[] {
  if (first === undefined) return [];
  const which = others.length === 0 ? 'one position is' : `${1 + others.length} positions are`;
  return [`${which} not ${COMMITTED}${others.length === 0 ? '' : '; the first'}: ${first.line}`];
}
