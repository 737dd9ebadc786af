import { isUtf8 } from 'node:buffer';
import { type MappedRecord, messageToRecord, type ReceivedContent } from './record-mapping.ts';

/** Bytes as JSON holds them: as text, or as base64 where they are no UTF-8. */
export type ShownBytes = string | { readonly base64: string } | null;

/** A message as people and scripts read it. JSON only. */
export interface ShownMessage {
  /** The deterministic key, `connector/partition/id`; absent where no connector sent the message. */
  readonly sourceKey?: string;
  readonly tag?: string;
  /** The record's own key. */
  readonly key: ShownBytes;
  readonly value: ShownBytes;
  /** The size of the whole value. */
  readonly bytes: number;
  /** `value` has only the beginning of it. */
  readonly cut?: true;
  /** Why its `connect-*` properties can't be read. Then `value` is the body, and no key or header is known. */
  readonly damaged?: string;
  readonly headers: ReadonlyArray<{ readonly name: string; readonly value: ShownBytes }>;
  /** When the record came into being, ISO 8601, where its source said. */
  readonly timestamp?: string;
  /** All that RocketMQ keeps of the message besides the body, its own properties included. */
  readonly properties: Readonly<Record<string, string>>;
}

/** No more of one value is shown: an answer holds many messages. */
const MAX_VALUE_BYTES = 256 * 1024;

/** Shows the record that a message carries. `properties` are as a broker stores them. */
export function shownMessage(
  content: ReceivedContent,
  properties: ReadonlyMap<string, string>,
  maxValueBytes = MAX_VALUE_BYTES,
): ShownMessage {
  const { sourceKey, key, value, headers, timestamp, damaged } = recordOf(content);
  const tag = properties.get('TAGS');
  const cut = value !== null && value.length > maxValueBytes;
  return {
    ...(sourceKey !== undefined && { sourceKey }),
    ...(tag !== undefined && { tag }),
    key: shown(key),
    value: shown(cut ? value.subarray(0, maxValueBytes) : value),
    bytes: value?.length ?? 0,
    ...(cut && { cut }),
    ...(damaged !== undefined && { damaged }),
    headers: headers.map((header) => ({ name: header.name, value: shown(header.value) })),
    ...(timestamp !== undefined && { timestamp: isoTime(timestamp) }),
    properties: Object.fromEntries(properties),
  };
}

/** A message that another program made look like a source's is shown as it is. */
function recordOf(content: ReceivedContent): MappedRecord & { readonly damaged?: string } {
  try {
    return messageToRecord(content);
  } catch (error) {
    return { key: null, value: content.body, headers: [], damaged: (error as Error).message };
  }
}

export const shown = (bytes: Buffer | null): ShownBytes =>
  bytes === null ? null : isUtf8(bytes) ? bytes.toString() : { base64: bytes.toString('base64') };

/** Returns the time in ISO 8601, or as a number where no calendar has it. */
const isoTime = (time: number | bigint): string => {
  const date = new Date(Number(time));
  return Number.isFinite(date.getTime()) ? date.toISOString() : String(time);
};
