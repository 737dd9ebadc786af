import type { ConsumeMessage } from 'amqplib';
import { ConnectError } from '../../../api/index.ts';
import { pollUntil } from '../../../kit/index.ts';
import { readBasicProperties } from '../protocol/basic-properties.ts';
import type { RabbitmqConnection } from '../protocol/connection.ts';
import type { Lender } from '../protocol/connection-pool.ts';
import { channelError, notAStream } from '../protocol/errors.ts';
import { toDelivery } from '../protocol/intake.ts';
import { markOf, type StreamPlace, streamOffset } from './stream-place.ts';

/** A stream of which nothing is known may be empty when it says nothing for so long. */
const EMPTY_SILENCE_MS = 500;
/** A stream that had messages keeps its last ones; that it has none is believed late, as its position is at stake. */
const EMPTIED_SILENCE_MS = 5_000;
/** A part of a stream may hold tens of thousands of messages, which a busy server takes apart before it sends the first. */
const STALLED_MS = 30_000;
/** With others writing without a pause, the end is what was there after so long. */
const END_LIMIT_MS = 400;
const STEP_MS = 10;
/** What comes is acknowledged, so that a larger part comes, too. */
const END_WINDOW = 10_000;

/** What a stream holds: from its first offset up to `end`, the one that its next message gets. */
export interface StreamBounds {
  readonly first: number;
  readonly end: number;
}

export interface StreamLook {
  /** Undefined where no message came. */
  readonly bounds?: StreamBounds;
  /** The stream has another message before the place to resume at than the one that was copied: it was deleted and made again. */
  readonly isAnother?: boolean;
  /** Why that, or the end, is not known for sure. */
  readonly unknown?: string;
}

/**
 * Looks at a stream; the server keeps no numbers that are up to date. `counted`: messages as the server counted them some seconds ago.
 * `place`: where to resume, if the stream was read before. Throws WRONG_KIND for a queue, TIMEOUT where it has messages and gives none, and the
 * connection's failure where the server breaks down over what the stream holds.
 */
export async function lookAtStream(
  connection: RabbitmqConnection,
  stream: string,
  counted: number,
  place: StreamPlace | undefined,
): Promise<StreamLook> {
  const emptyMs = hadMessages(place) ? EMPTIED_SILENCE_MS : EMPTY_SILENCE_MS;
  const patience = { counted, silenceMs: counted > 0 ? STALLED_MS : emptyMs };
  const [first, last] = await Promise.all([peek(connection, stream, 'first', patience), peek(connection, stream, 'last', patience)]);
  if (first !== undefined && last !== undefined) {
    const bounds = { first: first.from, end: last.to + 1 };
    return { bounds, isAnother: await isAnother(connection, stream, place, bounds) };
  }
  return { unknown: `stream ${stream} gave no message in ${emptyMs} ms, and the server's count of its messages may be some seconds old` };
}

/** There were some when the stream was last read. */
export const hadMessages = (place: StreamPlace | undefined): place is StreamPlace => place !== undefined && place.offset > 0;

async function isAnother(
  connection: RabbitmqConnection,
  stream: string,
  place: StreamPlace | undefined,
  { first, end }: StreamBounds,
): Promise<boolean> {
  if (place?.mark === undefined || place.offset <= first || place.offset > end) return false;
  const before = place.offset - 1;
  const found = await peek(connection, stream, before, { counted: 1, silenceMs: STALLED_MS });
  return found?.from === before && found.mark !== place.mark;
}

/**
 * The lowest offset of a message, of a stream that has some; undefined where the server breaks down over it. Throws as `lookAtStream`
 * for all else.
 */
export async function firstOffset({ lend, giveBack }: Lender, stream: string): Promise<number | undefined> {
  const connection = await lend();
  try {
    const found = await peek(connection, stream, 'first', { counted: 1, silenceMs: STALLED_MS });
    return found?.from ?? 0;
  } catch (error) {
    if (connection.brokeDown) return undefined;
    throw error;
  } finally {
    giveBack(connection);
  }
}

/** The first and last offset of what comes from `start`: of the first message, of the first from an offset on, or of all that there are. Undefined where none comes. */
async function peek(
  connection: RabbitmqConnection,
  stream: string,
  start: 'first' | 'last' | number,
  { counted, silenceMs }: { readonly counted: number; readonly silenceMs: number },
): Promise<{ readonly from: number; readonly to: number; readonly mark?: string | undefined } | undefined> {
  let mark: string | undefined;
  let from: number | undefined;
  let to = 0;
  let failure: ConnectError | undefined;
  const channel = await connection.openChannel((error) => {
    failure ??= channelError(error, `stream ${stream}`, connection.section);
  });
  const window = start === 'first' ? 1 : END_WINDOW;
  const receive = (message: ConsumeMessage | null) => {
    const delivery = message === null ? undefined : toDelivery(message);
    const offset = delivery && streamOffset(readBasicProperties(delivery.rawProperties));
    if (message === null || delivery === undefined || offset === undefined) failure ??= notAStream(stream, connection.section);
    else {
      if (window > 1) channel.ack(message);
      // The server sends whole parts of a stream.
      if (typeof start === 'number' && (offset < start || from !== undefined)) return;
      if (typeof start === 'number') mark = markOf(delivery);
      from ??= offset;
      to = offset;
    }
  };
  try {
    await connection.answered(async () => {
      await channel.prefetch(window);
      await channel.consume(stream, receive, { arguments: { 'x-stream-offset': start } });
    });
    await pollUntil(() => from !== undefined || failure !== undefined || connection.failure !== undefined, STEP_MS, silenceMs);
    if (from === undefined && failure === undefined && connection.failure === undefined && counted > 0) failure = stalled(stream, counted);
    // The answer comes behind all that the server had begun to send.
    for (
      let before = -1, began = Date.now();
      start === 'last' && from !== undefined && to > before && Date.now() - began < END_LIMIT_MS;
    ) {
      before = to;
      await connection.answered(() => channel.prefetch(window));
    }
  } catch (error) {
    throw connection.failure ?? failure ?? channelError(error, `stream ${stream}`, connection.section);
  }
  if (connection.failure !== undefined) throw connection.failure;
  // A channel that failed is closed already; any other is, so that what a queue gave goes back.
  if (failure === undefined || failure.code !== 'UNREACHABLE') await connection.answered(() => channel.close()).catch(() => {});
  if (failure !== undefined) throw failure;
  return from === undefined ? undefined : { from, to, mark };
}

const stalled = (stream: string, counted: number): ConnectError =>
  new ConnectError('TIMEOUT', `stream ${stream} has ${counted} messages and gave none in ${STALLED_MS} ms`, {
    retriable: true,
    remedy:
      'wait until the server is less busy, the next run looks again; where producers of the stream compress, which RabbitMQ 4 and newer leaves out for AMQP, write without compression',
  });
