import { setTimeout as sleep } from 'node:timers/promises';
import type { Channel, ConsumeMessage } from 'amqplib';
import { ConnectError } from '../../api/index.ts';
import { readBasicProperties } from './basic-properties.ts';
import type { RabbitmqConnection } from './connection.ts';
import { channelError } from './errors.ts';
import { toDelivery } from './intake.ts';
import { streamOffset } from './stream-offset.ts';

/** A stream's last part is sent without a pause: silence is its end. */
const END_SILENCE_MS = 100;
/** A stream of which nothing is known is empty when it says nothing for so long. */
const EMPTY_SILENCE_MS = 500;
/** A stream that had messages keeps its last ones; that it has none is believed late, as its position is at stake. */
const EMPTIED_SILENCE_MS = 5_000;
/** With others writing without a pause, the end is what was there after so long. */
const END_LIMIT_MS = 400;
const FIRST_STEP_MS = 10;
/** Larger than a stream's part, so that it comes as a whole. */
const END_WINDOW = 10_000;

/** What a stream holds: from its first offset up to `end`, the one that its next message gets. Undefined where it is empty. */
export interface StreamBounds {
  readonly first: number;
  readonly end: number;
}

/**
 * Looks at a stream; the server keeps no numbers that are up to date. `hadMessages`: it did when it was last read. Throws
 * WRONG_KIND for a queue.
 */
export async function streamBounds(
  connection: RabbitmqConnection,
  stream: string,
  hadMessages: boolean,
): Promise<StreamBounds | undefined> {
  const emptyMs = hadMessages ? EMPTIED_SILENCE_MS : EMPTY_SILENCE_MS;
  const [first, last] = await Promise.all([
    peek(connection, stream, 'first', 1, emptyMs),
    peek(connection, stream, 'last', END_WINDOW, emptyMs),
  ]);
  return first === undefined || last === undefined ? undefined : { first: first.from, end: last.to + 1 };
}

/** The first and last offset of what comes from `start`; ends at the first message where `window` is 1. */
async function peek(
  connection: RabbitmqConnection,
  stream: string,
  start: 'first' | 'last',
  window: number,
  emptyMs: number,
): Promise<{ readonly from: number; readonly to: number } | undefined> {
  const seen: number[] = [];
  let failure: ConnectError | undefined;
  const receive = (message: ConsumeMessage | null) => {
    const offset = message === null ? undefined : streamOffset(readBasicProperties(toDelivery(message).rawProperties));
    if (offset === undefined) failure ??= notAStream(stream);
    else seen.push(offset);
  };
  const channel = await connection.openChannel((error) => {
    failure ??= channelError(error, `stream ${stream}`);
  });
  try {
    await connection.answered(() => consume(channel, stream, start, window, receive));
    for (const began = Date.now(); ; ) {
      const before = seen.length;
      await sleep(before === 0 ? FIRST_STEP_MS : END_SILENCE_MS);
      const elapsed = Date.now() - began;
      if (failure !== undefined || (window === 1 && seen.length > 0)) break;
      if (seen.length === 0 ? elapsed > emptyMs : seen.length === before || elapsed > END_LIMIT_MS) break;
    }
  } catch (error) {
    throw channelError(error, `stream ${stream}`);
  }
  // A channel that failed is closed already; any other is, so that what a queue gave goes back.
  if (failure === undefined || failure.code === 'WRONG_KIND') await connection.answered(() => channel.close());
  if (failure !== undefined) throw failure;
  return seen.length === 0 ? undefined : { from: seen[0] as number, to: seen.at(-1) as number };
}

async function consume(
  channel: Channel,
  stream: string,
  start: 'first' | 'last',
  window: number,
  receive: (message: ConsumeMessage | null) => void,
): Promise<void> {
  await channel.prefetch(window);
  await channel.consume(stream, receive, { arguments: { 'x-stream-offset': start } });
}

export const notAStream = (queue: string): ConnectError =>
  new ConnectError('WRONG_KIND', `${queue} is no stream`, { remedy: 'name it in source.queues, not in source.streams' });
