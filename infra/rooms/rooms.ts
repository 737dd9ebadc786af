/** A folder with one purpose, and what its code may import. The rooms of the project in docs/architecture.md derive from this table. */
export interface Room {
  /** The path from the project's root. A file belongs to the deepest room that holds it. */
  readonly folder: string;
  readonly holds: string;
  /** Other rooms, or single files of them. `*` means all. */
  readonly imports: readonly string[];
  /** Packages and modules of Node that it may use. `*` means all. */
  readonly packages: readonly string[];
}

const ALL = ['*'];
/** Modules that compute, and reach nothing outside the process. */
const PURE = ['node:buffer', 'node:crypto', 'node:timers/promises', 'node:util', 'node:zlib'];
const HTTP = ['node:http', 'node:https', 'node:stream/consumers'];

export const rooms: readonly Room[] = [
  { folder: 'src/api', holds: 'the contract of connectors: interfaces, records, errors; no I/O', imports: [], packages: ['zod', ...PURE] },
  {
    folder: 'src/kit',
    holds: 'what connectors share: error tables, time limits, fair turns, typed headers, TLS; no I/O',
    imports: ['src/api'],
    packages: ['fastest-levenshtein', ...PURE],
  },
  {
    folder: 'src/aws',
    holds: "what AWS's clients have in common: errors, credentials, region, defaults",
    imports: ['src/api', 'src/kit'],
    packages: ['@aws-sdk/credential-providers', '@smithy/core'],
  },
  {
    folder: 'src/config',
    holds: 'one spec per thing, from which type, validation, docs and JSON schema derive; secret references',
    imports: ['src/api', 'src/kit', 'src/aws'],
    packages: [
      '@aws-sdk/client-secrets-manager',
      '@aws-sdk/client-ssm',
      'croner',
      're2js',
      'yaml',
      'zod',
      'node:fs/promises',
      'node:path',
      'node:stream/consumers',
      ...PURE,
    ],
  },
  {
    folder: 'src/connectors',
    holds: 'the registry: each connector type by its name, loaded when it is used; what connector packages add',
    imports: [
      ...['src/api', 'src/kit', 'src/connectors/activemq', 'src/connectors/kafka', 'src/connectors/lambda'],
      ...['src/connectors/mysql', 'src/connectors/rabbitmq'],
    ],
    packages: [],
  },
  {
    folder: 'src/connectors/activemq',
    holds: 'ActiveMQ: config, plan, reading',
    imports: ['src/api', 'src/kit', 'src/config', 'src/connectors/activemq/protocol'],
    packages: ['p-map', 'rhea', 'zod', ...PURE],
  },
  {
    folder: 'src/connectors/activemq/protocol',
    holds: 'ActiveMQ: connections, requests and what they carry; knows nothing of the connector',
    imports: ['src/api', 'src/kit', 'src/config'],
    packages: ['rhea', 'zod', 'node:net', ...PURE],
  },
  {
    folder: 'src/connectors/kafka',
    holds: 'Kafka: the same',
    imports: ['src/api', 'src/kit', 'src/config', 'src/connectors/kafka/protocol'],
    packages: ['zod', ...PURE],
  },
  {
    folder: 'src/connectors/kafka/protocol',
    holds: 'Kafka: connections, requests and what they carry; knows nothing of the connector',
    imports: ['src/api', 'src/kit', 'src/config', 'src/aws'],
    packages: ['@platformatic/kafka', '@smithy/core', '@smithy/signature-v4', 'zod', 'node:module', 'node:tls', ...HTTP, ...PURE],
  },
  {
    folder: 'src/connectors/lambda',
    holds: 'AWS Lambda: config, plan, invocations, the events of Kafka and their answers',
    imports: ['src/api', 'src/kit', 'src/config', 'src/aws'],
    packages: ['@aws-sdk/client-lambda', 'zod', ...PURE],
  },
  {
    folder: 'src/connectors/mysql',
    holds: 'MySQL and MariaDB: the same, for rows and for changes',
    imports: ['src/api', 'src/kit', 'src/config'],
    packages: ['@vlasky/zongji', 'mysql2', 'zod', 'node:net', ...PURE],
  },
  {
    folder: 'src/connectors/rabbitmq',
    holds: 'RabbitMQ: the same, for queues and for streams',
    imports: ['src/api', 'src/kit', 'src/config', 'src/connectors/rabbitmq/protocol'],
    packages: ['amqplib', 'zod', ...PURE],
  },
  {
    folder: 'src/connectors/rabbitmq/protocol',
    holds: 'RabbitMQ: connections, requests and what they carry; knows nothing of the connector',
    imports: ['src/api', 'src/kit', 'src/config'],
    packages: ['amqplib', 'zod', 'node:net', ...HTTP, ...PURE],
  },
  {
    folder: 'src/conformance',
    holds: 'what every connector must do: the suites that connector packages run, with the runtime in memory',
    imports: [
      'src/api',
      'src/kit',
      'src/config',
      'src/connectors/packages.ts',
      'src/runtime',
      'src/runtime/planner',
      'src/runtime/run',
      'src/runtime/sink',
      'src/runtime/source',
      'src/rocketmq',
      'src/store/store.ts',
    ],
    packages: ['node:assert/strict', ...PURE],
  },
  {
    folder: 'src/runtime',
    holds: 'one invocation of a task: lease, run, continuation; what the planner takes and answers',
    imports: [
      'src/api',
      'src/config/look-times.ts',
      'src/rocketmq/types.ts',
      'src/store/store.ts',
      'src/triggers/trigger.ts',
      'src/runtime/run',
      'src/runtime/sink',
      'src/runtime/source',
    ],
    packages: PURE,
  },
  {
    folder: 'src/runtime/run',
    holds: 'what a run needs in either direction: time, acknowledged prefix, stopped partitions, failure, summary, end',
    // These are interfaces. Functions, command line and local stack construct what implements them.
    imports: [
      ...['src/api', 'src/config', 'src/rocketmq/types.ts', 'src/store/counters.ts', 'src/store/store.ts'],
      ...['src/triggers/trigger.ts'],
    ],
    packages: PURE,
  },
  {
    folder: 'src/runtime/sink',
    holds: 'how a run copies to a sink: queues, batches, refused records, dead letters',
    imports: ['src/api', 'src/kit', 'src/config', 'src/rocketmq/types.ts', 'src/store/store.ts', 'src/runtime/run'],
    packages: ['p-map', ...PURE],
  },
  {
    folder: 'src/runtime/source',
    holds: 'how a run copies from a source: polls, sends, dead letters, samples',
    imports: ['src/api', 'src/kit', 'src/config', 'src/rocketmq/types.ts', 'src/store/store.ts', 'src/runtime/run'],
    packages: ['p-map', ...PURE],
  },
  {
    folder: 'src/runtime/dead-letters',
    holds: 'what people do with dead letters: list, show, redrive, drop',
    imports: [
      ...['src/api', 'src/kit', 'src/config', 'src/rocketmq/types.ts', 'src/store/store.ts'],
      ...['src/runtime/planner-api.ts', 'src/runtime/run', 'src/runtime/sink', 'src/runtime/source'],
    ],
    packages: ['p-map', ...PURE],
  },
  {
    folder: 'src/runtime/planner',
    holds: 'the planner: plans, puts them in force, answers the command line',
    imports: [
      'src/api',
      'src/kit',
      'src/config',
      'src/rocketmq/types.ts',
      'src/store/counters.ts',
      'src/store/spec-id.ts',
      'src/store/store.ts',
      'src/triggers/trigger.ts',
      'src/runtime/planner-api.ts',
      'src/runtime/run',
      'src/runtime/watch/pending-partitions.ts',
      ...['src/runtime/sink/consumer-group.ts', 'src/runtime/sink/queue-position.ts'],
      'src/runtime/dead-letters',
    ],
    packages: ['p-map', ...PURE],
  },
  {
    folder: 'src/runtime/watch',
    holds: 'a look: which tasks of a connector have something to do; starts those',
    imports: [
      ...['src/api', 'src/kit', 'src/config', 'src/rocketmq/types.ts', 'src/store/store.ts', 'src/triggers/trigger.ts'],
      ...['src/runtime/run', 'src/runtime/sink/consumer-group.ts', 'src/runtime/sink/queue-position.ts'],
    ],
    packages: ['p-map', ...PURE],
  },
  {
    folder: 'src/store',
    holds: '`ConnectStore` and its DynamoDB implementation',
    imports: ['src/api', 'src/kit', 'src/aws', 'src/config'],
    packages: ['@aws-sdk/client-dynamodb', '@aws-sdk/util-dynamodb', ...PURE],
  },
  {
    folder: 'src/triggers',
    holds: '`TaskTrigger`: EventBridge Scheduler, SQS, local',
    imports: ['src/api', 'src/kit', 'src/aws', 'src/config', 'src/store/store.ts'],
    packages: ['@aws-sdk/client-scheduler', '@aws-sdk/client-sqs', 'p-map', ...PURE],
  },
  {
    folder: 'src/rocketmq',
    holds: 'batch producer, readers of topics, preflight, message mapping',
    imports: ['src/api', 'src/kit', 'src/rocketmq/grpc/consumer'],
    packages: ['p-map', 'node:events', 'node:net', 'node:tls', ...PURE],
  },
  {
    folder: 'src/rocketmq/grpc',
    holds: 'RocketMQ over gRPC: a producer, its checks',
    imports: ['src/api', 'src/kit', 'src/rocketmq', 'src/rocketmq/grpc/client'],
    packages: ['@grpc/grpc-js', 'rocketmq-client-nodejs', 'node:os', ...PURE],
  },
  {
    folder: 'src/rocketmq/grpc/client',
    holds: "what producer and consumer share: channels in place of those of RocketMQ's own client, certificates",
    imports: ['src/api', 'src/kit', 'src/rocketmq/remoting/connection-error.ts'],
    packages: ['@grpc/grpc-js', 'rocketmq-client-nodejs', 'node:stream', 'node:net', 'node:tls', ...PURE],
  },
  {
    folder: 'src/transport',
    holds: 'the protocol that a configuration chooses, remoting or gRPC; each is loaded where it is chosen',
    imports: ['src/rocketmq', 'src/rocketmq/grpc'],
    packages: [],
  },
  {
    folder: 'src/rocketmq/grpc/consumer',
    holds: "a consumer over gRPC: RocketMQ's own client for one run, its calls, what they mean to the user",
    imports: ['src/api', 'src/kit', 'src/rocketmq/grpc/client'],
    packages: ['@grpc/grpc-js', 'protobufjs', 'rocketmq-client-nodejs', ...PURE],
  },
  {
    folder: 'src/rest',
    holds: "Kafka Connect's REST API over the planner: a function from a request to its answer",
    imports: ['src/api', 'src/kit', 'src/config', 'src/runtime/planner-api.ts'],
    packages: ['hono', 'zod', 'node:net', ...PURE],
  },
  {
    folder: 'src/console',
    holds: "the console's files and its own API, for what Kafka Connect's lacks",
    imports: ['src/api', 'src/config', 'src/cost', 'src/rest', 'src/runtime/planner-api.ts'],
    packages: ['yaml', 'zod', ...PURE],
  },
  {
    folder: 'src/cost',
    holds: 'what runs cost on AWS: prices, the cost of what was used, of a run, of an idle month; pure',
    imports: ['src/api', 'src/config', 'src/store/counters.ts', 'src/store/store.ts', 'src/runtime/planner-api.ts'],
    packages: PURE,
  },
  {
    folder: 'src/metrics',
    holds: 'what the planner knows of connectors and tasks as text for Prometheus; pure',
    imports: ['src/api', 'src/cost', 'src/store/counters.ts', 'src/store/store.ts', 'src/runtime/planner-api.ts'],
    packages: PURE,
  },
  {
    folder: 'src/tracing',
    holds: 'a span of OpenTelemetry for each run that did something, sent by HTTP',
    imports: ['src/api', 'src/config', 'src/store/store.ts', 'src/runtime/run'],
    packages: PURE,
  },
  {
    folder: 'console',
    holds: 'the page of the console, for browsers: views, what they ask for, formats',
    imports: [
      'src/api',
      'src/console/answers.ts',
      'src/console/totals.ts',
      'src/rest/answers/definition.ts',
      'src/rest/answers/flat-keys.ts',
      'src/runtime/planner-api.ts',
    ],
    packages: ['preact', 'uplot'],
  },
  { folder: 'src/cli', holds: 'the `rocketmq-connect` command', imports: ALL, packages: ALL },
  { folder: 'functions', holds: 'Lambda entry points: construct the parts, call the runtime', imports: ALL, packages: ALL },
  { folder: 'infra', holds: 'local stack of real servers, CloudFormation parts, bundling', imports: ALL, packages: ALL },
  {
    folder: 'bench',
    holds: 'benchmarks against baselines of the same run; no tests',
    imports: [
      ...['src/api', 'src/kit', 'src/config', 'src/connectors', 'src/connectors/kafka/protocol', 'src/connectors/mysql'],
      ...['src/runtime/planner', 'src/store', 'src/rocketmq', 'src/transport', 'infra', 'test/support'],
    ],
    packages: ALL,
  },
  { folder: 'test/support', holds: 'what tests, soak tests and benchmarks share', imports: ALL, packages: ALL },
];
