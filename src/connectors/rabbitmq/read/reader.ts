import type { ConnectError, PollLimit, Position } from '../../../api/index.ts';
import type { Taker } from '../../../kit/index.ts';
import type { RabbitmqConnection } from '../protocol/connection.ts';
import type { QueueCounts } from '../protocol/queue-counts.ts';

/** One partition of a run. */
export interface Reader extends Taker {
  readonly name: string;
  readonly queue: string;
  readonly connection: RabbitmqConnection;
  readonly failure: ConnectError | undefined;
  /** All that was there when the run began is handed out. */
  readonly finished: boolean;
  /** Received and not handed out. */
  readonly bufferedRecords: number;
  readonly bufferedBytes: number;
  /** Nothing more can come before something is handed out or acknowledged. */
  readonly waiting: boolean;
  /** Makes ready to consume. */
  open(): Promise<void>;
  /** Begins to consume, unless there is nothing. `failure` tells where the server refuses that: its answer may come behind messages. */
  begin(): void;
  /** Why the end of the partition is not known; absent where it is. */
  readonly unknown?: string | undefined;
  /** No more of it is wanted in this run; what was handed out is still acknowledged. */
  leave(): void;
  /** RocketMQ has everything up to here. */
  acknowledge(position: Position): void;
  /** What people are to know of this run, each sentence once. */
  notices?(): readonly string[];
  /** Called before each poll. */
  adapt(limit: PollLimit): void;
  /** The position, once, where the runtime can't know it from a record. */
  untoldPosition(): Position | undefined;
  /** What is not handed out yet; `ready`: messages that the server has for any consumer, where that was asked. */
  lag(ready: number | undefined): number;
  /** Called when nothing came for a while; something may come before it is over. Throws where nothing ever will. */
  starve(count: () => Promise<QueueCounts>): Promise<void>;
  close(): Promise<void>;
}
