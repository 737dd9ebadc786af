import type { ConnectError, Header, SourceRecord } from '../../api/index.ts';
import { hashText } from '../../kit/index.ts';
import type { OutgoingMessage } from '../../rocketmq/types.ts';
import { LETTER, letterProperties, type RefusedAt } from '../run/letter-properties.ts';

export interface RefusedRecord {
  readonly record: SourceRecord;
  /** The RocketMQ topic that the record was meant for. */
  readonly topic: string;
  /** The message group that it would have had; absent where the topic has none. */
  readonly group?: string;
  readonly error: ConnectError;
}

/** A tag that RocketMQ takes. Another one may be why the record was refused. */
const TAG = /^[^\s|\p{Cc}]{1,255}$/u;

/** What a dead letter leaves out of its record. */
interface Omission {
  readonly key: boolean;
  readonly value: boolean;
  readonly headers: ReadonlySet<Header>;
}

/**
 * Makes dead letters of the refused record, the fullest first: whole, without its largest headers, without its value, and at last the
 * reason alone. Forms that `fits` refuses are left out. A broker may refuse one that fits, since its own limits may be lower than the
 * known ones. The deterministic key is always there, so people can find the record at its source.
 */
export function* deadLetters(
  connector: string,
  refused: RefusedRecord,
  toMessage: (record: SourceRecord) => OutgoingMessage,
  fits: (message: OutgoingMessage) => boolean,
): Generator<OutgoingMessage> {
  const message = (omission: Omission) => letter(connector, refused, omission, toMessage);
  const bySize = [...refused.record.headers].sort((a, b) => sizeOf(b) - sizeOf(a));
  for (const value of [false, true]) {
    for (const key of [false, true]) {
      const without = (headers: number): Omission => ({ key, value, headers: new Set(bySize.slice(0, headers)) });
      const least = leastThat((headers) => fits(message(without(headers))), bySize.length);
      if (least === undefined) continue;
      yield message(without(least));
      break;
    }
  }
  yield message({ key: true, value: true, headers: new Set(bySize) });
}

/** Returns the smallest number from 0 to `most` that holds. Every greater one holds, too. Undefined where none does. */
function leastThat(holds: (count: number) => boolean, most: number): number | undefined {
  if (holds(0)) return 0;
  if (!holds(most)) return undefined;
  let [fails, succeeds] = [0, most];
  while (succeeds - fails > 1) {
    const middle = (fails + succeeds) >> 1;
    if (holds(middle)) succeeds = middle;
    else fails = middle;
  }
  return succeeds;
}

function letter(
  connector: string,
  { record, topic, group, error }: RefusedRecord,
  omitted: Omission,
  toMessage: (record: SourceRecord) => OutgoingMessage,
): OutgoingMessage {
  const { partition, id, position, timestamp, tag, orderingKey } = record;
  const kept = record.headers.filter((header) => !omitted.headers.has(header));
  const { body, keys, properties } = toMessage({
    partition,
    id,
    position,
    key: omitted.key ? null : record.key,
    value: omitted.value ? null : record.value,
    headers: kept,
    ...(timestamp !== undefined && { timestamp }),
  });
  const tagged = tag !== undefined && TAG.test(tag);
  const names = omissions(record, omitted, tag !== undefined && !tagged);
  const refusedAt: RefusedAt = record.refused === undefined ? 'write' : 'read';
  const why = letterProperties({ connector, error, refusedAt, topic, partition, position: id, omitted: names });
  if (orderingKey !== undefined) why.set(LETTER.ordering, String(typeof orderingKey === 'number' ? orderingKey : hashText(orderingKey)));
  if (group !== undefined) why.set(LETTER.group, JSON.stringify(group));
  return { body, keys, properties: new Map([...properties, ...why]), ...(tagged && { tag }) };
}

/** Names what a reader of the dead letter has to fetch from the source: `value, 2 headers`. */
function omissions({ key, value, headers }: SourceRecord, omitted: Omission, withoutTag: boolean): string {
  const names: string[] = [];
  if (omitted.key && key !== null) names.push('key');
  if (omitted.headers.size > 0) {
    names.push(omitted.headers.size === headers.length ? 'headers' : `${omitted.headers.size} of ${headers.length} headers`);
  }
  if (omitted.value && value !== null) names.push('value');
  if (withoutTag) names.push('tag');
  return names.join(', ');
}

const sizeOf = ({ name, value }: Header): number => name.length + (value?.length ?? 0);
