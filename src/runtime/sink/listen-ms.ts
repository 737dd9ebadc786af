/** RocketMQ answers a receive at once where messages are there, ms. */
const IDLE_MS = 300;
/** For so long after a run RocketMQ may give messages to its receives, which have ended, ms. */
const HELD_AFTER_RUN_MS = 5_000;
/** So long after that such a message comes again, ms: RocketMQ takes it back for a second, and looks for it two seconds later. */
const COMES_AGAIN_MS = 3_500;
/** So long after that such a message comes again in a group that consumes in order, ms: RocketMQ need not look for it there. */
const COMES_AGAIN_IN_ORDER_MS = 1_500;

export interface Listener {
  /** When the last run of this task ended, ms since 1970. Undefined where none has run. */
  readonly lastEndedAt: number | undefined;
  /** So many tasks share the queues. */
  readonly tasks: number;
  /** The group consumes in order. */
  readonly isFifo: boolean;
}

/**
 * Returns for how long a run that receives nothing keeps listening before it may say that nothing is there, ms. What was sent shortly before
 * may have been given to receives of the runs before, which have ended: to one of each task, one after the other.
 */
export function listenMs({ lastEndedAt = 0, tasks, isFifo }: Listener, now = Date.now()): number {
  const comesAgainMs = isFifo ? COMES_AGAIN_IN_ORDER_MS : COMES_AGAIN_MS;
  const overMs = lastEndedAt + HELD_AFTER_RUN_MS + comesAgainMs - now;
  return Math.max(IDLE_MS, Math.min(overMs, tasks * comesAgainMs));
}
