import type { ConnectError, Header, PollLimit, Position, SourceRecord } from '../../../api/index.ts';
import { GIVEN_PREFIX, RECEIVE_ROOM_BYTES, type Taker, typedHeaders } from '../../../kit/index.ts';
import type { BasicProperties } from '../protocol/basic-properties.ts';
import type { RabbitmqConnection } from '../protocol/connection.ts';
import type { Delivery } from '../protocol/intake.ts';
import type { QueueCounts } from '../protocol/queue-counts.ts';

/** One partition of a run. */
export interface Reader extends Taker {
  readonly name: string;
  readonly queue: string;
  readonly connection: RabbitmqConnection;
  readonly failure: ConnectError | undefined;
  /** All that was there when the run began is handed out. */
  readonly finished: boolean;
  /** Received and not handed out. */
  readonly bufferedRecords: number;
  readonly bufferedBytes: number;
  /** Nothing more can come before something is handed out or acknowledged. */
  readonly waiting: boolean;
  /** Makes ready to consume. */
  open(): Promise<void>;
  /** Begins to consume, unless there is nothing. `failure` tells where the server refuses that: its answer may come behind messages. */
  begin(): void;
  /** Why the end of the partition is not known; absent where it is. */
  readonly unknown?: string | undefined;
  /** No more of it is wanted in this run; what was handed out is still acknowledged. */
  leave(): void;
  /** RocketMQ has everything up to here. */
  acknowledge(position: Position): void;
  /** What people are to know of this run, each sentence once. */
  notices?(): readonly string[];
  /** Called before each poll. */
  adapt(limit: PollLimit): void;
  /** The position, once, where the runtime can't know it from a record. */
  untoldPosition(): Position | undefined;
  /** What is not handed out yet; `ready`: messages that the server has for any consumer, where that was asked. */
  lag(ready: number | undefined): number;
  /** Called when nothing came for a while; something may come before it is over. Throws where nothing ever will. */
  starve(count: () => Promise<QueueCounts>): Promise<void>;
  close(): Promise<void>;
}

const PREFIX = GIVEN_PREFIX.rabbitmq;
/** Times beyond it are no dates. */
const MAX_TIME_MS = 8_640_000_000_000_000;
const NO_BODY = Buffer.alloc(0);

/** Where a message was read. */
export interface Place {
  readonly partition: string;
  readonly position: string;
  readonly id: string;
}

/**
 * Body, properties and headers of a message as a record. Key: the message id. Properties travel as `rabbitmq-...`; an empty exchange
 * or routing key and a redelivered flag that is not set are left out.
 */
export function toRecord(delivery: Delivery, basic: BasicProperties, { partition, position, id }: Place): SourceRecord {
  const { properties } = basic;
  const timestamp = timeOf(properties.get('timestamp'));
  const record = {
    partition,
    position,
    id,
    key: properties.get('message-id') ?? null,
    value: delivery.body,
    headers: headersOf(delivery, basic),
  };
  return timestamp === undefined ? record : { ...record, timestamp };
}

let last: { readonly delivery: Delivery; readonly basic: BasicProperties; readonly headers: Header[] } | undefined;

/** Messages that come one after the other often have the same headers, and share them. */
function headersOf(delivery: Delivery, basic: BasicProperties): Header[] {
  const isSame =
    last?.basic === basic &&
    last.delivery.exchange === delivery.exchange &&
    last.delivery.routingKey === delivery.routingKey &&
    last.delivery.redelivered === delivery.redelivered;
  if (!isSame) {
    const headers = typedHeaders(givenHeaders(delivery, basic.properties), basic.headers);
    last = { delivery: { ...delivery, body: NO_BODY }, basic, headers };
  }
  return (last as NonNullable<typeof last>).headers;
}

function givenHeaders(delivery: Delivery, properties: ReadonlyMap<string, Buffer>): Header[] {
  const headers = routing(delivery);
  for (const [name, value] of properties) if (name !== 'message-id') headers.push({ name: PREFIX + name, value });
  return headers;
}

/** What was read and not understood, with the bytes that came of it, where any did. */
export function refusedRecord(delivery: Delivery | undefined, { partition, position, id }: Place, refused: ConnectError): SourceRecord {
  const headers = delivery === undefined ? [] : [...routing(delivery), { name: `${PREFIX}raw-properties`, value: delivery.rawProperties }];
  return { partition, position, id, key: null, value: delivery?.body ?? null, headers, refused };
}

function routing({ exchange, routingKey, redelivered }: Delivery): Header[] {
  const headers: Header[] = [];
  if (exchange.length > 0) headers.push({ name: `${PREFIX}exchange`, value: exchange });
  if (routingKey.length > 0) headers.push({ name: `${PREFIX}routing-key`, value: routingKey });
  if (redelivered) headers.push({ name: `${PREFIX}redelivered`, value: Buffer.from('true') });
  return headers;
}

/** AMQP's times are in seconds. */
function timeOf(seconds: Buffer | undefined): number | undefined {
  const ms = seconds === undefined ? Number.NaN : Number(seconds.toString()) * 1_000;
  return Math.abs(ms) <= MAX_TIME_MS ? ms : undefined;
}

/**
 * Until RocketMQ has taken a first message: what is sent ahead and goes back counts as delivered, and queues with a delivery
 * limit give up messages that were delivered too often.
 */
export const FIRST_WINDOW = 16;
const LARGEST_WINDOW = 10_000;
/** Several polls' messages are on their way to RocketMQ at once, and the server should have sent the next by then. */
const POLLS_AHEAD = 4;
/** A change costs two round trips. */
const WORTH_A_CHANGE = 2;

/**
 * How many messages a queue may send ahead, where that should be another number than now; else undefined. `share`: part of
 * the room for this partition, from 0 to 1. `wanted`: messages that the run still wants of the queue.
 */
export function nextWindow(
  now: number,
  averageBytes: number,
  share: number,
  wanted: number,
  { maxRecords, maxBytes }: PollLimit,
): number | undefined {
  const fitting = Math.floor(Math.min(RECEIVE_ROOM_BYTES * share, maxBytes * POLLS_AHEAD) / Math.max(averageBytes, 1));
  const best = Math.max(1, Math.min(fitting, LARGEST_WINDOW, maxRecords, wanted));
  return best >= now * WORTH_A_CHANGE || best * WORTH_A_CHANGE <= now ? best : undefined;
}
