import { ConnectError, type Logger } from '../../../api/index.ts';
import type { RabbitmqSourceConfig } from '../config/config.ts';
import type { StreamBounds, StreamLook } from './stream-offsets.ts';
import type { StreamPlace } from './stream-place.ts';

/** Where to begin to read a stream, as the server's consumer argument says it. */
export type StreamStart = number | { readonly '!': 'timestamp'; readonly value: number };

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
