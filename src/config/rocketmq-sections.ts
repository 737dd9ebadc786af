import * as z from 'zod';
import { bytes, milliseconds, section, text } from './options.ts';
import { type ReadingOptions, readingOptions, refineReading } from './reading-options.ts';
import { topicName } from './rocketmq-topic.ts';
import type { TopicSelection } from './selected-topics.ts';
import { tlsOptions } from './tls-options.ts';
import { refineSelection, selectionOptions } from './topic-selection.ts';
import { refineSending, type SendingOptions, sendingOptions, transportOptions } from './transport-options.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const MIB = 1024 * 1024;

const rocketmqOptions = {
  endpoints: text({
    description:
      "Address of a RocketMQ name server (port 9876) or of a proxy's remoting port (8080); with `protocol: grpc` of a proxy's gRPC port (8081). Several are tried in turn.",
    pattern: /^(\[[\da-fA-F:.]+\]|[^\s:;/]+):\d{1,5}(;(\[[\da-fA-F:.]+\]|[^\s:;/]+):\d{1,5})*$/,
    expects: 'host:port, several separated by ;, an IPv6 host in brackets',
    example: '127.0.0.1:9876',
  }),
  ...transportOptions,
  topic: topicName(
    'Topic that is written (sources) or read (sinks). It must exist. Sources need it; sinks need it, `topics` or `topicsPattern`.',
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
  source: section({ ...rocketmqOptions, ...sendingOptions }, theRocketmqSide).superRefine((options, context) => {
    bothKeys(options, context);
    refineSending(options, context);
  }),
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

/** That of a source has `topic`. */
export type RocketmqSpec = Readonly<Omit<z.output<typeof rocketmqSections.source>, 'topic'>> &
  TopicSelection &
  ReadingOptions &
  SendingOptions;
