import { ConnectError, type SinkBatch, type SinkTask } from '../../../src/api/index.ts';
import { messageToSinkRecord } from '../../../src/rocketmq/sink-record.ts';
import type { MessageFilter } from '../../../src/rocketmq/types.ts';
import { AckTracker } from '../../../src/runtime/run/ack-tracker.ts';
import { PartitionStops } from '../../../src/runtime/run/partition-stops.ts';
import { BatchWriter } from '../../../src/runtime/sink/batch-writer.ts';
import { KeyLanes } from '../../../src/runtime/sink/key-lanes.ts';
import { QueueCopy } from '../../../src/runtime/sink/queue-copy.ts';
import { QueueFeed } from '../../../src/runtime/sink/queue-feed.ts';
import { QueueLane } from '../../../src/runtime/sink/queue-lane.ts';
import type { QueueParking } from '../../../src/runtime/sink/queue-parking.ts';
import { queueRoom } from '../../../src/runtime/sink/queue-room.ts';
import type { OnOffsetLost } from '../../../src/runtime/sink/queue-start.ts';
import { readAs } from '../../../src/runtime/sink/read-message.ts';
import type { RefusedMessage } from '../../../src/runtime/sink/sink-dead-letter.ts';
import type { SinkDeadLetterSender } from '../../../src/runtime/sink/sink-dead-letter-sender.ts';
import { SinkProgress } from '../../../src/runtime/sink/sink-progress.ts';
import { WriteWindow } from '../../../src/runtime/sink/write-window.ts';
import { connectorSpec } from '../../support/specs.ts';
import type { FakeQueues } from './fake-queues.ts';

export const NAME = 't:b:0';
export const refusal = () => new ConnectError('RECORD_REFUSED', 'odd');

export interface LaneOptions {
  readonly queues: FakeQueues;
  readonly from?: number;
  readonly tolerance?: 'fail' | 'dead-letter';
  readonly skips?: readonly string[];
  readonly onOffsetLost?: OnOffsetLost;
  readonly maxRecords?: number;
  readonly filter?: MessageFilter;
  readonly signal?: AbortSignal;
  /** How many lanes the queue has, by key. Absent: it is one lane. */
  readonly lanes?: number;
  /** `batch.maxInFlightBytes` */
  readonly inFlightBytes?: number;
  /** `dead`: offsets of the dead letters so far; `position`: where the queue is by now. */
  readonly write?: (
    batch: SinkBatch,
    dead: readonly number[],
    position: string | undefined,
  ) => Awaited<ReturnType<SinkTask['write']>> | ReturnType<SinkTask['write']>;
  readonly parking?: QueueParking;
  /** Called before a dead letter is sent. */
  readonly onLetter?: (refused: RefusedMessage) => void;
  /** Why no dead letter can be made. */
  readonly undeliverable?: ConnectError;
}

/** Copies one queue to a target that is scripted. */
export function laneOf({
  queues,
  from = 0,
  tolerance = 'fail',
  skips = [],
  onOffsetLost = 'fail',
  maxRecords = 1e6,
  write = () => ({}),
  undeliverable,
  parking,
  onLetter = () => {},
  filter,
  lanes,
  inFlightBytes = 16 * 1024 * 1024,
  signal = new AbortController().signal,
}: LaneOptions) {
  const written: number[] = [];
  const dead: number[] = [];
  const notices: string[] = [];
  let writes = 0;
  const task: SinkTask = {
    start: async () => ({}),
    stop: async () => {},
    write: async (batch) => {
      writes += 1;
      const result = await write(batch, dead, tracker.positions.get(NAME));
      const failed = new Set(result.failed?.map(({ index }) => index));
      written.push(...batch.records.map(({ offset }) => offset).filter((_, index) => !failed.has(index)));
      return result;
    },
  };
  const tracker = new AckTracker();
  const stops = new PartitionStops({ connector: 'c', partitions: [NAME], skips: new Set(skips) });
  const progress = new SinkProgress({ maxRecords, maxBytes: 1e9 });
  const window = new WriteWindow(Date.now() + 200_000, signal);
  const room = queueRoom({ bytes: inFlightBytes, queues: 1, records: undefined, lanes });
  const feed = new QueueFeed({ queues, name: NAME, readAs: readAs('t', messageToSinkRecord), ...room.feed, filter }, from, queues.max);
  const send = async (refused: RefusedMessage) => {
    onLetter(refused);
    return undeliverable ?? void dead.push(refused.read.message.offset);
  };
  const deadLetters = { send } as unknown as SinkDeadLetterSender;
  const common = { partition: NAME, window, tracker, stops, progress, signal };
  const writerOf = (lane: string) => new BatchWriter({ task, partition: NAME, lane, window, signal });
  const own = { ...common, topic: 't', parking, deadLetters, errors: { ...connectorSpec().errors, tolerance } };
  const into = lanes === undefined ? new QueueLane({ ...own, writer: writerOf(NAME) }) : new KeyLanes({ ...own, ...room, lanes, writerOf });
  const onNotice = (notice: string) => notices.push(notice);
  const copy = async () => {
    const end = await new QueueCopy({ ...common, feed, lanes: into, onOffsetLost, onNotice }).copy();
    window.close();
    return {
      end,
      written,
      dead,
      notices,
      writes,
      failure: progress.failure,
      records: progress.records,
      stopped: stops.stopped,
      position: tracker.positions.get(NAME),
    };
  };
  return copy();
}

export const range = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => from + index);
