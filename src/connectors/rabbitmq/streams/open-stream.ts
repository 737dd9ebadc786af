import type { Logger } from '../../../api/index.ts';
import type { RabbitmqSourceConfig } from '../config/config.ts';
import type { Lender } from '../protocol/connection-pool.ts';
import type { Reader } from '../read/reader.ts';
import { hadMessages, lookAtStream, type StreamLook } from './stream-offsets.ts';
import { placeOf, type StreamPlace } from './stream-place.ts';
import { StreamReader } from './stream-reader.ts';
import { streamStart } from './stream-start.ts';

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
