import type { ConnectError } from '../../api/index.ts';
import type { Delivery } from './intake.ts';

/** What brings a queue's messages, in order, on a channel of its own. Delivery tags count from 1 as messages come. */
export interface Feed {
  readonly failure: ConnectError | undefined;
  /** Received and not handed out. */
  readonly buffered: readonly Delivery[];
  readonly received: number;
  /** Of those, what the server was told to be copied. */
  readonly acknowledged: number;
  /** Messages that come ahead of their acknowledgement. */
  readonly window: number;
  /** Of one message, about. */
  readonly averageBytes: number;
  /** No more messages come. */
  readonly ended: boolean;
  /** Nothing may come before the server is told of copied messages. */
  readonly isFull: boolean;
  open(): Promise<void>;
  begin(window: number): void;
  /** Another window, soon. */
  resize(window: number): void;
  /** Hands out the first `count` messages. */
  remove(count: number): void;
  /** Tells the server that all up to this delivery tag are copied. */
  acknowledge(deliveryTag: number): void;
  /** Begins to end: no more messages come after `onChange` was called. What was received stays. */
  cancel(): void;
  /** As `cancel`, and nothing that it holds will be handed out. */
  abandon(): void;
  /** Gives back what is not acknowledged. `processed` is awaited before, where something was acknowledged. */
  close(processed?: () => Promise<void>): Promise<void>;
}
