import { ConnectError, type Logger, type Position } from '../../api/index.ts';
import type { RabbitmqSourceConfig } from './config.ts';
import type { StreamBounds } from './stream-offsets.ts';

/** Where to begin to read a stream, as the server's consumer argument says it. */
export type StreamStart = number | { readonly '!': 'timestamp'; readonly value: number };

/** `stored`: position to resume at; `bounds`: undefined where the stream is empty. Throws POSITION_LOST where the stream no longer has it and `onOffsetLost` is fail. */
export function streamStart(
  stream: string,
  stored: Position | undefined,
  bounds: StreamBounds | undefined,
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
  const offset = Number(stored);
  if (offset >= first && offset <= end) return offset;
  const has = bounds === undefined ? 'gives no message' : `has offsets ${first} to ${end - 1}`;
  const lost = `stream ${stream} ${has}, and ${offset} is where to resume`;
  if (onOffsetLost === 'fail') {
    throw new ConnectError('POSITION_LOST', lost, {
      remedy: 'set source.onOffsetLost to earliest to go on with what is left, and raise the retention of the stream',
    });
  }
  logger.warn('a stream lost the place to resume at; going on at its earliest message', { stream, first, resumeAt: offset });
  return first;
}
