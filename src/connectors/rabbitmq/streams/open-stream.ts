import { ConnectError, type Logger } from '../../../api/index.ts';
import type { RabbitmqSourceConfig } from '../config/config.ts';
import type { Lender } from '../protocol/connection-pool.ts';
import type { Reader } from '../read/reader.ts';
import type { StreamStart } from './stream-feed.ts';
import { hadMessages, lookAtStream, type StreamBounds, type StreamLook } from './stream-offsets.ts';
import { placeOf, type StreamPlace } from './stream-place.ts';
import { StreamReader } from './stream-reader.ts';

export interface StreamToOpen {
  readonly config: RabbitmqSourceConfig;
  readonly logger: Logger;
  readonly connections: Lender;
  readonly stored: string | undefined;
  /** Messages, as the server counted them some seconds ago. */
  readonly counted: number;
  readonly common: { readonly name: string; readonly queue: string; readonly onChange: () => void; readonly share: number };
}

/** A reader of a stream, from where it was left or as the configuration says. It does not consume yet. */
export async function openStream({ config, logger, connections, stored, counted, common }: StreamToOpen): Promise<Reader> {
  const { lend, giveBack } = connections;
  const { queue } = common;
  const place = stored === undefined ? undefined : placeOf(stored);
  const isEmptySoFar = !hadMessages(place);
  const look = await lookOrCount(connections, queue, counted, place);
  const connection = await lend();
  try {
    const { bounds } = look;
    const start = bounds === undefined && isEmptySoFar ? 0 : streamStart(queue, place, look, config, logger);
    // An end that is not known must not become a place to resume at, unless the start is that end.
    const isUnsure = bounds === undefined && isEmptySoFar && config.startAt !== 'latest';
    const isKnown = isUnsure || place?.offset === start;
    const { onOffsetGap } = config;
    return new StreamReader({ ...common, connection, lend, giveBack, look, start, isKnown, onOffsetGap, logger });
  } catch (error) {
    giveBack(connection);
    throw error;
  }
}

/** What the server counts, where it breaks down over the first or last part of the stream. */
async function lookOrCount(
  { lend, giveBack }: Lender,
  stream: string,
  counted: number,
  place: StreamPlace | undefined,
): Promise<StreamLook> {
  const connection = await lend();
  try {
    return await lookAtStream(connection, stream, counted, place);
  } catch (error) {
    if (!connection.brokeDown) throw error;
    const first = place?.offset ?? 0;
    const unknown = `RabbitMQ can't take apart the first or last part of stream ${stream}, and its count of messages may be some seconds old`;
    return { bounds: { first, end: Math.max(counted, first) }, unknown };
  } finally {
    giveBack(connection);
  }
}

/** `stored`: where to resume. Throws POSITION_LOST where the stream no longer has that place, or is another one, and `onOffsetLost` is fail. */
export function streamStart(
  stream: string,
  stored: StreamPlace | undefined,
  { bounds, isAnother = false }: Pick<StreamLook, 'bounds' | 'isAnother'>,
  { startAt, onOffsetLost }: Pick<RabbitmqSourceConfig, 'startAt' | 'onOffsetLost'>,
  logger: Logger,
): StreamStart {
  const { first, end } = bounds ?? { first: 0, end: 0 };
  if (stored === undefined) {
    if (startAt === 'earliest') return first;
    if (startAt === 'latest') return end;
    if ('offset' in startAt) return Math.max(startAt.offset, first);
    return { '!': 'timestamp', value: Math.floor(new Date(startAt.timestamp).getTime() / 1_000) };
  }
  const { offset } = stored;
  if (offset >= first && offset <= end && !isAnother) return offset;
  if (onOffsetLost === 'fail') throw lost(stream, offset, bounds, isAnother);
  logger.warn('a stream lost the place to resume at; going on at its earliest message', { stream, first, resumeAt: offset });
  return first;
}

function lost(stream: string, offset: number, bounds: StreamBounds | undefined, isAnother: boolean): ConnectError {
  const has = bounds === undefined ? 'gives no message' : `has offsets ${bounds.first} to ${bounds.end - 1}`;
  const message = isAnother
    ? `stream ${stream} has another message at offset ${offset - 1} than the one that was copied: it was deleted and made again`
    : `stream ${stream} ${has}, and ${offset} is where to resume`;
  // Retention takes the first messages, not the last.
  const madeAgain = isAnother || bounds === undefined || bounds.end < offset;
  return new ConnectError('POSITION_LOST', message, {
    remedy: madeAgain
      ? 'apply its file under another name: messages of a stream that was made again would get keys of those that were copied before. To copy them all the same, from the first: set source.onOffsetLost to earliest'
      : 'set source.onOffsetLost to earliest to go on with what is left, and raise the retention of the stream',
  });
}
