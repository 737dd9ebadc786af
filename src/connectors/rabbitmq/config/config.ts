import * as z from 'zod';
import { type Issue, issueIn } from '../../../config/issue.ts';
import { patternProblem } from '../../../config/linear-pattern.ts';
import { choice, integer, list, section, text } from '../../../config/options.ts';
import { hasReference } from '../../../config/references.ts';
import { refineStartTime, startTime } from '../../../config/start-time.ts';
import { connectionConfig, refineConnection, shortText } from '../protocol/connection-config.ts';
import { plannedPartitions } from './partitions.ts';

const MAX_PATTERN_LENGTH = 1_024;

const name = (what: string, example: string) => shortText({ description: what, example });

const startAt = z
  .union([
    choice(['earliest', 'latest'], { description: 'First or last message that the stream has.' }),
    section({ timestamp: startTime }, { description: 'The part of the stream that was being written at this time.' }),
    section(
      { offset: integer({ description: 'Offset of the first message to copy.', unit: 'none', min: 0, max: Number.MAX_SAFE_INTEGER }) },
      { description: 'This offset.' },
    ),
  ])
  .default('earliest')
  .meta({
    description:
      'Where a stream starts that was never read: `earliest`, `latest` (its end when the first run begins), `{offset: 42}`, or `{timestamp: 2030-12-24T18:00:00Z}` (or milliseconds since 1970; streams keep times by chunk, so some earlier messages may come, too). Queues have no start: what is in them is copied.',
    examples: ['earliest'],
    expects: 'earliest, latest, {offset: number} or {timestamp: time}',
  });

/** The `source` section of a file of type rabbitmq-source. */
export const rabbitmqSourceConfig = section(
  {
    ...connectionConfig('source'),
    queues: list(name('Queues to copy.', 'orders'), {
      description: 'Classic and quorum queues to copy. A message leaves its queue once RocketMQ has it.',
      example: ['orders'],
    }).exactOptional(),
    streams: list(name('Streams to copy.', 'events'), {
      description: 'Streams to copy. Their messages stay; the next offset is kept in DynamoDB.',
      example: ['events'],
    }).exactOptional(),
    queuePattern: text({
      description:
        'Also every classic and quorum queue whose whole name this regular expression (of RE2) matches, as of each plan: `apply` again when queues come. Needs `managementUrl`.',
      maxLength: MAX_PATTERN_LENGTH,
      expects: 'a regular expression',
      example: 'orders[.].+',
    }).exactOptional(),
    superStreams: list(name('Super streams to copy.', 'invoices'), {
      description: 'Super streams, each by its one name: all their streams are copied. Needs `managementUrl`.',
      example: ['invoices'],
    }).exactOptional(),
    missing: choice(['fail', 'skip'], {
      description:
        'What a queue or stream is that is named and not there: an error, or nothing to copy until it is there, which each plan and run tells.',
    }).default('fail'),
    readBy: choice(['auto', 'consumer', 'get'], {
      description:
        'How queues are read. A consumer is fast, but a queue that is made to be deleted with its last consumer would go, with its messages, when a run ends. `auto`: by a consumer where a plan learns that the queue stays, or where another consumer is there; else message by message (`get`), which deletes no queue and is slower. A plan asks the management API, where `managementUrl` is set, else the server, which answers a user with the permission `configure`. `consumer`: you know that none of the queues is auto-delete.',
    }).default('auto'),
    startAt,
    onOffsetLost: choice(['fail', 'earliest'], {
      description:
        'What to do when a stream no longer has the message to resume at, because retention removed it or the stream was made again: fail and say what is left, or go on at the earliest message that is there.',
    }).default('fail'),
    onOffsetGap: choice(['fail', 'skip'], {
      description:
        'What to do where a stream of RabbitMQ 4 or newer gives no message at some offsets. Stream clients that store their offsets leave such gaps (each takes an offset of the stream, and most clients do so every few seconds), and so do compressed batches, which RabbitMQ leaves out for AMQP without a word; no one can tell them apart. `fail`: the gap is a refused record. `skip`: go on, and say so in the run; choose it where no producer of the stream compresses. Older versions break down over compressed batches, so that other gaps of theirs are no loss and are passed over.',
    }).default('fail'),
    consumersPerQueue: integer({
      description:
        'Consumers that share each queue, so that several tasks can copy one queue. More than one gives up the order of its messages.',
      unit: 'none',
      min: 1,
      max: 100,
    }).default(1),
  },
  { description: 'The RabbitMQ side.' },
).superRefine((config, context) => {
  const issue = issueIn(context);
  refineSelection(config, issue);
  refineConnection(config, 'source', issue);
  refineStartTime(config.startAt, issue);
});

export type RabbitmqSourceConfig = z.output<typeof rabbitmqSourceConfig>;

interface Selection {
  readonly queues?: readonly string[] | undefined;
  readonly streams?: readonly string[] | undefined;
  readonly superStreams?: readonly string[] | undefined;
  readonly queuePattern?: string | undefined;
  readonly managementUrl?: string | undefined;
  readonly consumersPerQueue: number;
}

/** What to copy. */
function refineSelection(config: Selection, issue: Issue): void {
  const { queues = [], streams = [], superStreams = [], queuePattern, managementUrl, consumersPerQueue } = config;
  const names = [...queues, ...streams, ...superStreams];
  if (names.length === 0 && queuePattern === undefined) {
    issue(['queues'], 'missing', 'set it to a list of queues, or source.streams to a list of streams');
  }
  const twice = names.find((one, index) => names.indexOf(one) !== index);
  if (twice !== undefined) issue(['queues'], `${JSON.stringify(twice)} is listed twice`, 'name each queue and stream once');
  else if (plannedPartitions(config).size < queues.length * consumersPerQueue + streams.length) {
    issue(['consumersPerQueue'], 'two consumers would get the same name, like orders@0', 'set it to 1, or rename a queue');
  }
  if (managementUrl === undefined && (queuePattern !== undefined || superStreams.length > 0)) {
    const asking = queuePattern === undefined ? 'source.superStreams' : 'source.queuePattern';
    const remedy = 'set it to the address of the management plugin, like http://rabbit-1:15672';
    issue(['managementUrl'], `missing, but ${asking} needs it`, remedy);
  }
  const problem = queuePattern === undefined || hasReference(queuePattern) ? undefined : patternProblem(queuePattern);
  if (problem !== undefined) issue(['queuePattern'], `is no regular expression: ${problem}`, 'correct it');
}
