import * as z from 'zod';
import { issueIn } from '../../../config/issue.ts';
import { patternProblem } from '../../../config/linear-pattern.ts';
import { bytes, choice, list, section, text } from '../../../config/options.ts';
import { hasReference } from '../../../config/references.ts';
import { refineStartTime, startTime } from '../../../config/start-time.ts';
import { connectionConfig, refineConnection } from '../protocol/connection-config.ts';
import { parsePartitionName } from '../protocol/partition-name.ts';
import { TAG } from './routes.ts';

const MIB = 1024 * 1024;
const OFFSET = /^\d{1,15}$/;

const topic = text({
  description: 'Topics to copy.',
  pattern: /^[A-Za-z0-9._-]{1,249}$/,
  expects: 'a topic name: up to 249 letters, digits, ., _ and -',
  example: 'flights',
});

const target = text({
  description: 'A RocketMQ topic.',
  pattern: /^[A-Za-z0-9_%|-]{1,127}$/,
  expects: 'the name of a topic: up to 127 letters, digits, _, -, % and |',
});

const offset = z
  .union([z.int().min(0), z.string().regex(OFFSET)])
  .meta({ description: 'Offset of the first record to copy.', expects: 'an offset: a whole number from 0' });

const startAt = z
  .union([
    choice(['earliest', 'latest'], { description: 'First or last record that Kafka has.' }),
    section({ timestamp: startTime }, { description: 'The first record that was written at or after this time.' }),
    section(
      { offsets: z.record(z.string(), offset) },
      { description: 'These offsets, by partition; a partition that is not named starts at earliest.' },
    ),
  ])
  .default('earliest')
  .meta({
    description:
      'Where a partition starts that was never read: `earliest`, `latest` (its end when the first run begins), `{timestamp: 2030-12-24T18:00:00Z}` (or milliseconds since 1970), or `{offsets: {flights-0: 42}}` (partitions that are not named start at earliest). A partition that comes to a topic later starts at earliest, so that no record of it is missed.',
    examples: ['earliest'],
    expects: 'earliest, latest, {timestamp: time} or {offsets: {topic-partition: offset}}',
  });

const { bootstrapServers, ...connection } = connectionConfig('source');

/** The `source` section of a file of type kafka-source. */
export const kafkaSourceConfig = section(
  {
    bootstrapServers,
    topics: list(topic, { description: 'Topics to copy. Give either this or `topicsPattern`.', example: ['flights'] }).exactOptional(),
    topicsPattern: text({
      description:
        "Regular expression, in RE2's syntax as Kafka itself uses it, that the whole name of a topic must match for it to be copied; internal topics never match. Topics that come later are found by the next plan. Give either this or `topics`.",
      example: 'orders-.*',
    }).exactOptional(),
    excludeTopicsPattern: text({
      description: 'Topics whose whole name matches this regular expression are left out of those that `topicsPattern` selects.',
      example: '.*-(dlq|retry)',
    }).exactOptional(),
    topicMap: z
      .record(z.string(), target)
      .meta({
        description: 'RocketMQ topics of Kafka topics, by name. One that is not named goes by `topicTemplate`, else to `rocketmq.topic`.',
        examples: [{ orders: 'shop-orders' }],
      })
      .exactOptional(),
    topicTemplate: text({
      description:
        'RocketMQ topic of each Kafka topic, made of its name: `{{topic}}`, with _ where that has a dot. Absent: all go to `rocketmq.topic`. The topics must exist.',
      pattern: /^[A-Za-z0-9_%|-]*\{\{topic\}\}[A-Za-z0-9_%|-]*$/,
      expects: 'letters, digits, _, -, % and |, with {{topic}} among them',
      literal: true,
      example: 'kafka_{{topic}}',
    }).exactOptional(),
    tag: text({
      description: 'Tag of all messages, for consumers that select by it.',
      pattern: TAG,
      expects: 'up to 255 characters without white space and |',
      example: 'kafka',
    }).exactOptional(),
    tagHeader: text({
      description:
        "Header whose text is the message's tag, where it is there, instead of `tag`. A record whose header is no tag (white space or | in it) is refused.",
      example: 'event-type',
    }).exactOptional(),
    startAt,
    onOffsetOutOfRange: choice(['fail', 'earliest', 'latest'], {
      description:
        'What to do when Kafka no longer has the record to resume at, for instance because retention removed it: fail and say what is left, or go on at the earliest or the latest record that is there.',
    }).default('fail'),
    isolation: choice(['read_committed', 'read_uncommitted'], {
      description: 'Whether records of open and aborted transactions are left out.',
    }).default('read_committed'),
    commitGroup: text({
      description:
        "Consumer group to which positions are committed once they are stored, so that Kafka's tools show the lag of this connector. Only for them: nothing is read from it, and no group is joined. It must be a name that no consumer uses, one for each connector. Absent: nothing is committed.",
      pattern: /^[A-Za-z0-9._:-]{1,249}$/,
      expects: 'up to 249 letters, digits, ., _, : and -',
      example: 'rocketmq-connect-flights',
    }).exactOptional(),
    maxFetchBytes: bytes({
      description:
        'What is asked of Kafka at a time, over all partitions of a task. Up to twice as much may wait in memory, besides `batch.maxInFlightBytes`; a larger batch of records is still fetched, as a whole.',
      min: 64 * 1024,
      max: 256 * MIB,
    }).prefault(4 * MIB),
    ...connection,
  },
  { description: 'The Kafka side.' },
).superRefine((config, context) => {
  const issue = issueIn(context);
  const { topics, topicsPattern, excludeTopicsPattern, startAt: start } = config;
  if (topics === undefined && topicsPattern === undefined) {
    issue(['topics'], 'missing', 'set it to a list of topics, or set source.topicsPattern');
  }
  if (topics !== undefined && topicsPattern !== undefined) {
    issue(['topicsPattern'], 'given together with source.topics', 'remove one of them');
  }
  if (excludeTopicsPattern !== undefined && topicsPattern === undefined) {
    issue(['excludeTopicsPattern'], 'given without source.topicsPattern', 'remove it, and leave the topics out of source.topics');
  }
  for (const [option, pattern] of Object.entries({ topicsPattern, excludeTopicsPattern })) {
    const problem = pattern === undefined || hasReference(pattern) ? undefined : patternProblem(pattern);
    if (problem !== undefined) issue([option], problem, 'correct the regular expression');
  }
  refineConnection(config, 'source', issue);
  refineStartTime(start, issue);
  for (const name of typeof start === 'object' && 'offsets' in start ? Object.keys(start.offsets) : []) {
    if (parsePartitionName(name) === undefined) {
      issue(['startAt', 'offsets'], `${JSON.stringify(name)} is not a partition`, 'write topic and partition number, like flights-0');
    }
  }
});

export type KafkaSourceConfig = z.output<typeof kafkaSourceConfig>;
