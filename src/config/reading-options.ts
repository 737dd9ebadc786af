import type { z } from 'zod';
import { flag, milliseconds, text, textList } from './options.ts';
import { asList } from './text-list.ts';

const SECOND = 1_000;

/** Options of the `rocketmq` section of a sink: which messages it reads, and whether it reports its offsets. */
export const readingOptions = {
  tags: textList({
    description:
      'Sinks only: copies messages with one of these tags, and passes over all others for good. Default: all messages, with or without a tag.',
    pattern: /^[^\s|,]{1,127}$/,
    expects: 'tags: up to 127 characters without white space, | and commas',
    example: ['paid', 'shipped'],
  }).exactOptional(),
  filter: text({
    description:
      "Sinks only: copies messages for which this SQL92 expression over their properties is true, and passes over all others for good, also those that lack a property which it names. RocketMQ's brokers need `enablePropertyFilter=true`. Instead of `tags`.",
    expects: 'an SQL92 expression of RocketMQ',
    example: "region = 'EU' AND amount > 100",
  }).exactOptional(),
  reportOffsets: flag({
    description:
      "Sinks only: stores in RocketMQ's consumer group `connect-<name>` how far the connector is, so that RocketMQ's own tools show its lag. The connector reads nothing from there. If RocketMQ checks permissions, the user needs `Sub` on that group; without it the connector still runs, and a notice says so.",
  }).default(true),
  followResets: flag({
    description:
      'Sinks only: a reset of the consumer group `connect-<name>` (`mqadmin resetOffsetByTime`) moves the connector, once: the next run goes on where the group was reset to. Set it where no other deployment has a connector of this name on the same RocketMQ, or a reset that is meant for one moves the other. Each run then asks once more for each queue. Default: a reset is undone and named in a notice; `rocketmq-connect offsets alter` moves the connector.',
  }).default(false),
  group: text({
    description:
      'Sinks with `delivery: shared` only: the consumer group whose messages the tasks share. It must exist: `mqadmin updateSubGroup -g NAME`. Default: `connect-<name>`.',
    pattern: /^[%|A-Za-z0-9_-]{1,255}$/,
    expects: 'the name of a consumer group: up to 255 letters, digits, _, -, % and |',
    example: 'billing-to-kafka',
  }).exactOptional(),
  invisibleTimeMs: milliseconds({
    description:
      'Sinks with `delivery: shared` only: how long RocketMQ gives a message that a task holds to no other. The task asks for more time while it writes. After a death its messages come again when this time is over. Default: one minute.',
    min: 10 * SECOND,
    max: 12 * 60 * 60 * SECOND,
    example: '2m',
  }).exactOptional(),
};

export interface ReadingOptions {
  readonly tags?: string | readonly string[];
  readonly filter?: string;
  readonly reportOffsets?: boolean;
  readonly followResets?: boolean;
  readonly group?: string;
  readonly invisibleTimeMs?: number;
}

/** The rule for them that one option alone does not show. */
export function refineReading({ tags, filter, reportOffsets, followResets }: ReadingOptions, context: z.core.$RefinementCtx): void {
  if (followResets === true && reportOffsets === false) {
    const params = { remedy: 'set rocketmq.reportOffsets to true, or remove rocketmq.followResets' };
    context.addIssue({ code: 'custom', path: ['followResets'], message: 'has no effect while rocketmq.reportOffsets is false', params });
  }
  if (tags !== undefined && asList(tags).includes('*')) {
    const params = { remedy: 'leave rocketmq.tags out to copy all messages' };
    context.addIssue({ code: 'custom', path: ['tags'], message: '* would be a tag of this name', params });
  }
  if (tags === undefined || filter === undefined) return;
  const remedy = "remove one of them; an expression compares tags as well: TAGS = 'paid'";
  context.addIssue({ code: 'custom', path: ['filter'], message: 'has no effect while rocketmq.tags is set', params: { remedy } });
}
