import pMap from 'p-map';
import { type Position, toConnectError } from '../../api/index.ts';
import type { SinkOptions } from '../../config/sink-options.ts';
import type { TopicQueues } from '../../rocketmq/types.ts';
import type { Run } from '../run/run.ts';
import { parsePosition } from './queue-position.ts';
import { type QueueShare, queueStart } from './queue-start.ts';

export const QUEUES_ASKED_AT_ONCE = 64;

/** What a run reads of each queue of its task, and how far it is. */
export class QueueShares {
  readonly #run: Run;
  readonly #shares = new Map<string, QueueShare>();

  constructor(run: Run) {
    this.#run = run;
  }

  /** Looks where these queues go on and end. A queue that can't be read stops, and the others go on. */
  async find(queues: TopicQueues, names: readonly string[], positions: ReadonlyMap<string, Position>): Promise<void> {
    const { spec, stops, notices, tracker, signal } = this.#run;
    const { onOffsetLost = 'fail' }: SinkOptions = spec.system;
    const find = async (name: string) => {
      if (signal.aborted || stops.has(name)) return;
      try {
        const share = await queueStart(queues, name, positions.get(name), onOffsetLost);
        this.#shares.set(name, share);
        if (share.lost === undefined) return;
        notices.add(share.lost);
        tracker.skipTo(name, String(share.from));
      } catch (error) {
        stops.stop(name, toConnectError(error));
      }
    };
    await pMap(names, find, { concurrency: QUEUES_ASKED_AT_ONCE });
  }

  /** Of a queue that was found. */
  of(name: string): QueueShare {
    return this.#shares.get(name) as QueueShare;
  }

  /** Queues with something to copy. Each run begins with another one: where runs end at a bound, all have their turn. */
  get waiting(): string[] {
    const { stops, lease } = this.#run;
    const names = [...this.#shares].filter(([name, { from, to }]) => from < to && !stops.has(name)).map(([name]) => name);
    const first = names.length === 0 ? 0 : lease.epoch % names.length;
    return [...names.slice(first), ...names.slice(0, first)];
  }

  /** Offset up to which all is copied, by queue. */
  get reached(): Map<string, number> {
    const { positions } = this.#run.tracker;
    return new Map(
      [...this.#shares].map(([name, { from }]) => {
        const reached = positions.get(name);
        return [name, reached === undefined ? from : parsePosition(reached).offset];
      }),
    );
  }

  /** Messages that are left, of the queues as they were when the run began. It leaves out those that have stopped. */
  get lag(): number {
    const { stops } = this.#run;
    let records = 0;
    for (const [name, offset] of this.reached) if (!stops.has(name)) records += this.of(name).to - offset;
    return records;
  }
}
