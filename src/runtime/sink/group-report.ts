import { toConnectError } from '../../api/index.ts';
import { untilAborted, withPatience } from '../../kit/index.ts';
import type { TopicQueues } from '../../rocketmq/types.ts';
import type { Notices } from '../run/run.ts';
import { groupOf } from './consumer-group.ts';

/**
 * Tells the connector's consumer group how far its queues are, so that RocketMQ's own tools show the lag. It is for people only: nothing
 * reads these offsets, and a failure is a notice.
 */
export class GroupReport {
  readonly #queues: Pick<TopicQueues, 'tell'>;
  readonly #group: string;
  readonly #follows: boolean;
  readonly #connector: string;
  readonly #notices: Pick<Notices, 'add'>;
  readonly #told = new Map<string, number>();
  #telling: Promise<void> | undefined;
  #isOff = false;

  /** `follows`: a reset of the group moves the connector, but not in mid-run. */
  constructor(queues: Pick<TopicQueues, 'tell'>, connector: string, notices: Pick<Notices, 'add'>, follows = false) {
    this.#queues = queues;
    this.#group = groupOf(connector);
    this.#connector = connector;
    this.#follows = follows;
    this.#notices = notices;
  }

  /** Tells what has changed. It does nothing where an earlier call is not done: a slow broker must not hold up a checkpoint. */
  tell(offsets: ReadonlyMap<string, number>): void {
    this.#telling ??= this.#tell(offsets).finally(() => {
      this.#telling = undefined;
    });
  }

  /** Tells what has changed. Resolves when that is done or has failed, after `ms` at the latest. */
  async finish(offsets: ReadonlyMap<string, number>, ms: number): Promise<void> {
    const told = Promise.resolve(this.#telling).then(() => this.#tell(offsets));
    await withPatience(ms, (late) => untilAborted(told, late)).catch(() => this.#fail(`RocketMQ has not answered within ${ms} ms`));
  }

  async #tell(offsets: ReadonlyMap<string, number>): Promise<void> {
    const changed = new Map([...offsets].filter(([name, offset]) => this.#told.get(name) !== offset));
    if (this.#isOff || changed.size === 0) return;
    try {
      const reset = await this.#queues.tell(this.#group, changed, this.#follows ? 'leave' : 'undo');
      for (const [name, offset] of changed) this.#told.set(name, offset);
      if (reset.length > 0 && !this.#follows) this.#notices.add(ignored(this.#group, this.#connector, reset));
    } catch (error) {
      const { message, remedy, retriable } = toConnectError(error);
      this.#isOff = !retriable;
      const hint = remedy === undefined ? '' : `; ${remedy}`;
      this.#fail(`${message}${hint}`);
    }
  }

  #fail(reason: string): void {
    this.#notices.add(`consumer group ${this.#group} does not show how far the connector is: ${reason}`);
  }
}

const ignored = (group: string, connector: string, [name, ...others]: readonly string[]): string =>
  `somebody has reset consumer group ${group} at ${name}${others.length > 0 ? ` and ${others.length} other queues` : ''}: that has no effect on where the connector reads, but \`rocketmq-connect offsets alter ${connector}\` has`;
