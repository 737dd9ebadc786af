import * as z from 'zod';
import type { Issue } from './issue.ts';
import { choice, integer, section, text } from './options.ts';
import { refineStartTime, startTime } from './start-time.ts';

/** For the description of an option `delivery`. */
export const SHARED =
  '`shared`, only with `rocketmq.protocol: grpc`: tasks share the queues as consumers of one group, and RocketMQ gives each message to one of them. There may be more tasks than queues; a message is acknowledged once the target has it, and comes again after a failure. Order is kept only in a group that consumes in order.';

const offset = z.int().min(0).meta({ description: 'Offset of the first message to copy.', expects: 'an offset: a whole number from 0' });

const startAt = z
  .union([
    choice(['earliest', 'latest'], { description: 'The first message that the queue has, or the next one that comes.' }),
    section({ timestamp: startTime }, { description: 'The first message that a broker stored at or after this time.' }),
    section(
      { offsets: z.record(z.string(), offset) },
      { description: 'These offsets, by queue; a queue that is not named starts at earliest.' },
    ),
    section(
      {
        group: text({
          description: 'Name of the consumer group.',
          pattern: /^[%|A-Za-z0-9_-]{1,255}$/,
          expects: 'the name of a consumer group: up to 255 letters, digits, _, -, % and |',
          literal: true,
          example: 'billing',
        }),
      },
      { description: 'Where this consumer group is in each queue; a queue where it has no offset starts at earliest.' },
    ),
  ])
  .default('earliest')
  .meta({
    description:
      'Where a queue starts that is new to the connector: `earliest`, `latest` (its end when the plan is made), `{timestamp: 2030-12-24T18:00:00Z}` (or milliseconds since 1970), `{offsets: {"flights:broker-a:0": 42}}` (queues that are not named start at earliest), or `{group: billing}` (where this consumer group is when the plan is made). A queue that comes to the topic later starts at earliest, so that no message of it is missed.',
    examples: ['earliest'],
    expects: 'earliest, latest, {timestamp: time}, {offsets: {topic:broker:queue: offset}} or {group: name}',
  });

/** Options of every `sink` section: where its queues are read from, and in which order they are written. Spread into the section; its `superRefine` calls `refineSinkOptions`. */
export const sinkOptions = {
  delivery: choice(['at-least-once', 'shared'], {
    description: `\`at-least-once\`: each task reads queues of its own, by positions; records may be written again after a failure. ${SHARED} Default: \`at-least-once\`.`,
  }).exactOptional(),
  startAt,
  onOffsetLost: choice(['fail', 'earliest'], {
    description:
      'What to do when RocketMQ no longer has the message to go on at, because its retention removed it or the topic was made again: the queue stops and says what is missing, or goes on at the earliest message that is there.',
  }).default('fail'),
  ordering: choice(['queue', 'key'], {
    description:
      '`queue`: records of a queue are written one batch after the other, in their order. `key`: only records of one key keep their order (the ordering key of a FIFO topic, else the key), and `lanes` of a queue write side by side, which is faster where the target takes long to answer. Records without a key keep their order among themselves. After a failure more records are written again than with `queue`, and a queue that stops at a refused record has written some behind it.',
  }).default('queue'),
  lanes: integer({
    description: 'How many lanes each queue has with `ordering: key`, 8 by default: as many batches of it are written at a time.',
    unit: 'none',
    min: 2,
    max: 64,
  }).exactOptional(),
};

export type SinkStart = z.output<typeof startAt>;

/** The options of a `sink` section that the runtime reads itself. A connector type may leave them out; then the defaults hold. */
export interface SinkOptions {
  readonly delivery?: 'at-least-once' | 'exactly-once' | 'shared';
  readonly startAt?: SinkStart;
  readonly onOffsetLost?: 'fail' | 'earliest';
  readonly ordering?: 'queue' | 'key';
  readonly lanes?: number;
}

interface Refined {
  readonly startAt: SinkStart;
  /** Of a sink that has the option. */
  readonly ordering?: 'queue' | 'key';
  readonly lanes?: number;
  readonly onOffsetLost?: 'fail' | 'earliest';
  readonly delivery?: 'at-least-once' | 'exactly-once' | 'shared';
}

/** The rules for `sinkOptions` that one option alone does not show. */
export function refineSinkOptions({ startAt: start, ordering, lanes, delivery, onOffsetLost }: Refined, issue: Issue): void {
  refineStartTime(start, issue);
  if (delivery === 'shared') {
    const remedy = 'remove it, and reset the consumer group: mqadmin resetOffsetByTime';
    const reason = 'does not go with shared: the consumer group says where its queues go on';
    if (start !== 'earliest') issue(['startAt'], reason, remedy);
    if (onOffsetLost === 'earliest') issue(['onOffsetLost'], reason, 'remove it');
    if (ordering === 'key') {
      const orderly = 'remove it; a consumer group that consumes in order (mqadmin updateSubGroup -o true) keeps the order of each queue';
      issue(['ordering'], 'key does not go with shared: messages of one key come to several tasks', orderly);
    }
  }
  if (ordering === 'key' && delivery === 'exactly-once') {
    const remedy = 'set sink.delivery to at-least-once, or sink.ordering to queue';
    issue(['ordering'], 'key does not go with exactly-once: the target keeps one position for a whole queue', remedy);
  }
  if (ordering === 'queue' && lanes !== undefined) {
    issue(['lanes'], 'has no effect while sink.ordering is queue', 'set sink.ordering to key, or remove it');
  }
  for (const name of typeof start === 'object' && 'offsets' in start ? Object.keys(start.offsets) : []) {
    if (/^[^:]+:.+:\d+$/.test(name)) continue;
    issue(
      ['startAt', 'offsets'],
      `${JSON.stringify(name)} is not a queue`,
      'write topic, broker and number of the queue, like flights:broker-a:0',
    );
  }
}
