import * as z from 'zod';
import { bytes, choice, flag, integer, milliseconds, section, text } from './options.ts';
import { type ReadingOptions, readingOptions, refineReading } from './reading-options.ts';
import { topicName } from './rocketmq-topic.ts';
import { checkTimeZone, parseSchedule } from './schedule-expression.ts';
import { checkWindow } from './schedule-window.ts';
import type { TopicSelection } from './selected-topics.ts';
import { tlsOptions } from './tls-options.ts';
import { refineSelection, selectionOptions } from './topic-selection.ts';

/** The options that every connector has, whatever its type. Defaults and bounds are stated here and nowhere else. */

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const MIB = 1024 * 1024;

export const connectorName = text({
  description: 'Names the connector; part of the key of every message it sends.',
  pattern: /^[A-Za-z][A-Za-z0-9._-]{0,63}$/,
  expects: 'a name: up to 64 letters, digits, _, - and dots, starting with a letter',
  literal: true,
  example: 'flights',
});

export const maxTasks = integer({
  description: 'Tasks at most. Each runs as its own function invocation; there are never more than partitions.',
  unit: 'tasks',
  min: 1,
  max: 10_000,
}).default(1);

export const triggerSection = section(
  {
    schedule: text({
      description:
        'When tasks start that have something to do: `rate(5 minutes)`, `cron(0 3 * * ? *)` or `at(2030-12-24T18:00:00)`, as EventBridge Scheduler takes them. Without it they start by events or by `run` only.',
      expects: 'a schedule expression',
      example: 'rate(5 minutes)',
      literal: true,
    }).exactOptional(),
    timeZone: text({
      description: 'Time zone of the schedule.',
      expects: 'the IANA name of a time zone',
      example: 'Europe/Berlin',
      literal: true,
    }).default('UTC'),
    windowMinutes: integer({
      description:
        'Spreads the starts of a schedule: each task that has something to do starts at a time of its own within so many minutes after the scheduled one. For hundreds of tasks that would meet at the source in one second. Default: all start at the scheduled time, as many at once as `taskMaxConcurrency` allows.',
      unit: 'minutes',
      min: 1,
      max: 1_440,
      example: 10,
    }).exactOptional(),
  },
  { description: 'What starts the tasks.' },
).superRefine(({ schedule, timeZone, windowMinutes }, context) => {
  const check = (path: string, parse: () => unknown): boolean => {
    try {
      parse();
      return true;
    } catch (error) {
      const { message, remedy } = error as { message: string; remedy?: string };
      context.addIssue({ code: 'custom', path: [path], message, params: { remedy } });
      return false;
    }
  };
  const placed = check('timeZone', () => checkTimeZone(timeZone));
  const valid = schedule === undefined || check('schedule', () => parseSchedule(schedule));
  if (placed && valid && windowMinutes !== undefined) check('windowMinutes', () => checkWindow(schedule, timeZone, windowMinutes));
});

const rocketmqOptions = {
  endpoints: text({
    description:
      "Address of a RocketMQ name server (port 9876) or of a proxy's remoting port (8080), not of a proxy's gRPC port. Several are tried in turn.",
    pattern: /^[^\s:;/]+:\d{1,5}(;[^\s:;/]+:\d{1,5})*$/,
    expects: 'host:port, several separated by ;',
    example: '127.0.0.1:9876',
  }),
  topic: topicName(
    'Topic that is written (sources) or read (sinks). It must exist. One that is written must have message type NORMAL. Sources need it; sinks need it, `topics` or `topicsPattern`.',
  ),
  namespace: text({
    description: 'RocketMQ namespace; empty for none.',
    pattern: /^[A-Za-z0-9_-]*$/,
    expects: 'letters, digits, _ and -',
    empty: true,
  }).default(''),
  tls: z
    .union([z.boolean(), tlsOptions('servers', 'rocketmq-connect/prod/rocketmq', 'rocketmq.tls')])
    .default(false)
    .meta({
      description:
        'Encrypts the connections to RocketMQ: `true`, or a section with `ca`, `cert`, `key`, `servername` and `rejectUnauthorized`, as a source has it.',
      expects: 'true, false or a section',
      examples: [true],
    }),
  accessKey: text({ description: 'Access key, where RocketMQ asks for one.', example: '${env:ROCKETMQ_ACCESS_KEY}' }).exactOptional(),
  secretKey: text({
    description: 'Secret key that belongs to the access key.',
    secret: true,
    example: '${ssm:/rocketmq-connect/prod/secret-key}',
  }).exactOptional(),
  requestTimeoutMs: milliseconds({ description: 'Time for one request to RocketMQ.', min: 100, max: MINUTE }).prefault(3 * SECOND),
  maxMessageBytes: bytes({
    description:
      "Largest message, with keys and properties: what the brokers' own `maxMessageSize` allows. Raise both, and above 16 MiB also the brokers' `com.rocketmq.remoting.frameMaxLength`.",
    min: 64 * 1024,
    max: 128 * MIB,
  }).prefault(4 * MIB),
};

const theRocketmqSide = { description: 'The RocketMQ side.' };

/** By the direction of the connector. */
export const rocketmqSections = {
  source: section(rocketmqOptions, theRocketmqSide).superRefine(bothKeys),
  sink: section(
    { ...rocketmqOptions, topic: rocketmqOptions.topic.exactOptional(), ...selectionOptions, ...readingOptions },
    theRocketmqSide,
  ).superRefine((options, context) => {
    bothKeys(options, context);
    refineSelection(options, context);
    refineReading(options, context);
  }),
};

interface Keys {
  readonly accessKey?: string;
  readonly secretKey?: string;
}

function bothKeys({ accessKey, secretKey }: Keys, context: z.core.$RefinementCtx): void {
  if ((accessKey === undefined) === (secretKey === undefined)) return;
  const [absent, present] = accessKey === undefined ? ['accessKey', 'secretKey'] : ['secretKey', 'accessKey'];
  const params = { remedy: `set both or remove rocketmq.${present}` };
  context.addIssue({ code: 'custom', path: [absent], message: `missing, but rocketmq.${present} is set`, params });
}

export const batchSection = section(
  {
    maxRecords: integer({ description: 'Records.', unit: 'records', min: 1, max: 1_000_000_000 }).default(1_000_000),
    maxBytes: bytes({ description: 'Keys, values and headers together.', min: 1, max: 1024 * 1024 * MIB }).prefault(1024 * MIB),
    maxDurationMs: milliseconds({
      description: "Time. The function's own deadline, less what a last flush needs, wins where it comes first.",
      min: SECOND,
      max: 14 * MINUTE,
    }).prefault(13 * MINUTE),
    maxInFlightBytes: bytes({
      description: 'What may be read and not yet acknowledged: bounds the memory of a task, together with the largest record.',
      min: 64 * 1024,
      max: 256 * MIB,
    }).prefault(16 * MIB),
    checkpointIntervalMs: milliseconds({
      description:
        'Time between durable checkpoints of a long run, at most: what a crash repeats. The first ones come sooner, and one after every 50,000 records.',
      min: SECOND,
      max: 10 * MINUTE,
    }).prefault(10 * SECOND),
  },
  { description: 'Bounds of one invocation of a task; it ends at the first one reached, and a continuation copies what is left.' },
).prefault({});

const errorsOptions = {
  tolerance: choice(['fail', 'dead-letter'], {
    description:
      'What becomes of a record that RocketMQ (of a source) or the target (of a sink) refuses for good, for instance because it is too large: the task fails at it, or the record goes to the dead-letter topic with the reason. It is never dropped.',
  }).default('fail'),
  deadLetterTopic: topicName('Topic for records that were refused. Required with `tolerance: dead-letter`.', true).exactOptional(),
  maxFailures: integer({
    description: 'Failed runs in a row after which the task is FAILED and waits for `resume`.',
    unit: 'runs',
    min: 1,
    max: 100_000,
  }).default(20),
  backoffMs: milliseconds({
    description: 'Pause after the first failed run; doubles with each further one.',
    min: SECOND,
    max: 60 * MINUTE,
  }).prefault(30 * SECOND),
  maxBackoffMs: milliseconds({ description: 'Longest pause.', min: SECOND, max: 24 * 60 * MINUTE }).prefault(15 * MINUTE),
};

const parkingOptions = {
  parkKeys: flag({
    description:
      'Of a sink: once a record of a key became a dead letter, later records of its key in the same queue become dead letters, too, so that a redrive overwrites nothing newer. The key is the ordering key of a FIFO topic, else the key. Needs `tolerance: dead-letter`. Absent: off.',
  }).exactOptional(),
};

const whenItFails = { description: 'What happens when a run fails or a record is refused.' };

/** By the direction of the connector. */
export const errorsSections = {
  source: section(errorsOptions, whenItFails).superRefine(refineErrors).prefault({}),
  sink: section({ ...errorsOptions, ...parkingOptions }, whenItFails)
    .superRefine(refineErrors)
    .prefault({}),
};

interface Errors {
  readonly tolerance: 'fail' | 'dead-letter';
  readonly deadLetterTopic?: string;
  readonly parkKeys?: boolean;
  readonly backoffMs: number;
  readonly maxBackoffMs: number;
}

function refineErrors({ tolerance, deadLetterTopic, parkKeys, backoffMs, maxBackoffMs }: Errors, context: z.core.$RefinementCtx): void {
  const issue = (path: string, message: string, remedy: string) =>
    context.addIssue({ code: 'custom', path: [path], message, params: { remedy } });
  if (tolerance === 'dead-letter' && deadLetterTopic === undefined) {
    issue('deadLetterTopic', 'missing, but errors.tolerance is dead-letter', 'name the topic, or set errors.tolerance to fail');
  }
  if (tolerance === 'fail' && deadLetterTopic !== undefined) {
    issue('deadLetterTopic', 'has no effect while errors.tolerance is fail', 'set errors.tolerance to dead-letter or remove it');
  }
  if (parkKeys && tolerance === 'fail') {
    issue('parkKeys', 'has no effect while errors.tolerance is fail', 'set errors.tolerance to dead-letter or remove it');
  }
  if (maxBackoffMs < backoffMs) {
    issue('maxBackoffMs', `is ${maxBackoffMs}, less than errors.backoffMs (${backoffMs})`, 'raise it or lower errors.backoffMs');
  }
}

export type TriggerSpec = Readonly<z.output<typeof triggerSection>>;
/** That of a source has `topic`. */
export type RocketmqSpec = Readonly<Omit<z.output<typeof rocketmqSections.source>, 'topic'>> & TopicSelection & ReadingOptions;
export type BatchSpec = Readonly<z.output<typeof batchSection>>;
export type ErrorsSpec = Readonly<z.output<typeof errorsSections.sink>>;
