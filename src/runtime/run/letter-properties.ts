import { ConnectError, toConnectError } from '../../api/index.ts';

/** Longer reasons are cut: a reason must not be what makes a dead letter too large. */
const MAX_REASON_LENGTH = 500;
const MAX_CAUSES = 5;
const MAX_CAUSE_LENGTH = 200;

/** Whether a record was refused as it was read, and so is none of which a connector can make anything, or as it was written. */
export type RefusedAt = 'read' | 'write';

/** Properties of a dead letter, besides those of its record. All programs that read them know these names. */
export const LETTER = {
  connector: 'connect-error-connector',
  code: 'connect-error-code',
  reason: 'connect-error-reason',
  /** JSON: a list of texts, the nearest cause first. */
  causes: 'connect-error-causes',
  refusedAt: 'connect-error-stage',
  topic: 'connect-error-topic',
  partition: 'connect-error-partition',
  position: 'connect-error-position',
  omitted: 'connect-error-omitted',
  /** Of a source's record with an ordering key: its number, or the hash of its text. */
  ordering: 'connect-error-ordering',
  messageId: 'connect-error-message-id',
  /** Of a sink's record: when its message was made and stored, ms since 1970. */
  bornAt: 'connect-error-born-at',
  storedAt: 'connect-error-stored-at',
  /** Of a record that has a message group: the group as JSON. */
  group: 'connect-error-group',
  /** Of a sink that parks keys: the hash of what orders the record among others. */
  keyHash: 'connect-error-key-hash',
} as const;

const PREFIX = 'connect-error-';

/** What was refused, by whom and why. */
export interface RefusedPlace {
  readonly connector: string;
  readonly error: ConnectError;
  readonly refusedAt: RefusedAt;
  /** The RocketMQ topic that it was meant for, or read from. */
  readonly topic: string;
  readonly partition: string;
  readonly position: string;
  /** What the dead letter leaves out of it; empty for nothing. */
  readonly omitted: string;
}

/** Says why a message is a dead letter, and where its record is. */
export function letterProperties({ connector, error, refusedAt, topic, partition, position, omitted }: RefusedPlace): Map<string, string> {
  const causes = causesOf(error);
  return new Map([
    [LETTER.connector, connector],
    [LETTER.code, error.code],
    [LETTER.reason, textOf(error.message).slice(0, MAX_REASON_LENGTH) || 'refused'],
    ...(causes.length === 0 ? [] : [[LETTER.causes, JSON.stringify(causes)] as const]),
    [LETTER.refusedAt, refusedAt],
    [LETTER.topic, topic],
    [LETTER.partition, textOf(partition)],
    [LETTER.position, textOf(position)],
    ...(omitted === '' ? [] : [[LETTER.omitted, omitted] as const]),
  ]);
}

/** The properties of a message without those that made it a dead letter, perhaps of another connector. */
export const withoutLetter = (properties: ReadonlyMap<string, string>): Map<string, string> =>
  new Map([...properties].filter(([name]) => !name.startsWith(PREFIX)));

/** What led to the error, the nearest cause first. One that only repeats the words before it says nothing. */
function causesOf(error: ConnectError): string[] {
  const causes: string[] = [];
  let said: string = error.message;
  for (let cause = error.cause; cause !== undefined && cause !== null && causes.length < MAX_CAUSES; ) {
    const { code, message } = toConnectError(cause);
    // A vendor's error may hold what no message shows.
    const shown = textOf(new ConnectError('INTERNAL', message).message);
    if (!said.includes(shown)) causes.push(`${nameOf(cause, code)}: ${shown}`.slice(0, MAX_CAUSE_LENGTH));
    said = shown;
    cause = cause instanceof Error ? cause.cause : undefined;
  }
  return causes;
}

function nameOf(cause: unknown, code: string): string {
  if (cause instanceof ConnectError) return code;
  const { code: own, name } = cause as { readonly code?: unknown; readonly name?: unknown };
  return textOf(String(own ?? name ?? 'Error'));
}

/** RocketMQ parts properties by control characters. */
const textOf = (text: string): string => text.replace(/\p{Cc}+/gu, ' ');
