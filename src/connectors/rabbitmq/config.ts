import { z } from 'zod';
import { choice, integer, list, section, text } from '../../config/options.ts';
import { connectionConfig } from './connection-config.ts';
import { plannedPartitions } from './partition-name.ts';

/** A date, or a date and time with its zone. */
const ISO_TIME = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2}))?$/;
/** In characters; RabbitMQ allows 255 bytes. */
const MAX_NAME_LENGTH = 255;

const name = (what: string, example: string) =>
  text({ description: what, maxLength: MAX_NAME_LENGTH, expects: `a name of up to ${MAX_NAME_LENGTH} characters`, example });

const timestamp = z.union([
  integer({ description: 'Milliseconds since 1970.', unit: 'ms', min: 0, max: 8_640_000_000_000_000 }),
  text({ description: 'ISO 8601 date, or date and time with its zone.', pattern: ISO_TIME, expects: 'a time like 2030-12-24T18:00:00Z' }),
]);

const startAt = z
  .union([
    choice(['earliest', 'latest'], { description: 'First or last message that the stream has.' }),
    section({ timestamp }, { description: 'The part of the stream that was being written at this time.' }),
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
    ...connectionConfig,
    queues: list(name('Queues to copy.', 'orders'), {
      description: 'Classic and quorum queues to copy. A message leaves its queue once RocketMQ has it.',
      example: ['orders'],
    }).exactOptional(),
    streams: list(name('Streams to copy.', 'events'), {
      description: 'Streams to copy. Their messages stay; the next offset is kept in DynamoDB.',
      example: ['events'],
    }).exactOptional(),
    startAt,
    onOffsetLost: choice(['fail', 'earliest'], {
      description:
        'What to do when a stream no longer has the message to resume at, because retention removed it or the stream was made again: fail and say what is left, or go on at the earliest message that is there.',
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
  const { queues = [], streams = [], mechanism, username, password, tls, startAt: start, consumersPerQueue } = config;
  const issue = (path: string[], message: string, remedy: string) =>
    context.addIssue({ code: 'custom', path, message, params: { remedy } });
  const names = [...queues, ...streams];
  if (names.length === 0) issue(['queues'], 'missing', 'set it to a list of queues, or source.streams to a list of streams');
  const twice = names.find((one, index) => names.indexOf(one) !== index);
  if (twice !== undefined) issue(['queues'], `${JSON.stringify(twice)} is listed twice`, 'name each queue and stream once');
  else if (plannedPartitions(config).size < queues.length * consumersPerQueue + streams.length) {
    issue(['consumersPerQueue'], 'two consumers would get the same name, like orders@0', 'set it to 1, or rename a queue');
  }
  if (mechanism === 'PLAIN' && username === undefined) issue(['username'], 'missing', 'set it, or source.mechanism to EXTERNAL');
  if (mechanism === 'PLAIN' && password === undefined) issue(['password'], 'missing', 'set it, or source.mechanism to EXTERNAL');
  if (mechanism === 'EXTERNAL' && tls?.cert === undefined) {
    issue(['tls', 'cert'], 'missing, but source.mechanism is EXTERNAL', "set source.tls.cert and source.tls.key to this client's own");
  }
  const time = typeof start === 'object' && 'timestamp' in start ? String(start.timestamp) : '';
  if (ISO_TIME.test(time) && Number.isNaN(Date.parse(time))) issue(['startAt', 'timestamp'], `${time} is no date`, 'correct it');
});

export type RabbitmqSourceConfig = z.output<typeof rabbitmqSourceConfig>;
