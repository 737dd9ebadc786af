import { activemqHarness } from './activemq.ts';
import { activemqSinkHarness } from './activemq-sink.ts';
import { fileSinkHarness } from './file-sink.ts';
import { kafkaHarness } from './kafka.ts';
import { exactlyOnceKafkaSinkHarness, kafkaSinkHarness } from './kafka-sink.ts';
import { lambdaSinkHarness } from './lambda-sink.ts';
import { mysqlHarness } from './mysql.ts';
import { mysqlSinkHarness } from './mysql-sink.ts';
import { overGrpc, toFifo } from './over-grpc.ts';
import { rabbitmqHarness } from './rabbitmq.ts';
import { rabbitmqSinkByKeyHarness, rabbitmqSinkHarness } from './rabbitmq-sink.ts';
import { sharingQueues } from './sharing-queues.ts';
import type { SinkHarness } from './sink-harness.ts';
import type { SourceHarness } from './source-harness.ts';

/** A harness for every source type of `src/connectors/registry.ts`. */
export const harnesses: readonly SourceHarness[] = [activemqHarness, kafkaHarness, mysqlHarness, rabbitmqHarness];

/** Sources whose tasks write over gRPC. What reads is the same, so one of them is enough. */
export const grpcHarnesses: readonly SourceHarness[] = [
  overGrpc(kafkaHarness, 'local'),
  overGrpc(kafkaHarness, 'cluster'),
  toFifo(kafkaHarness),
];

/** Sinks whose tasks share queues: the runtime's own part, and those that read the option themselves. */
const sharing: readonly SinkHarness[] = [fileSinkHarness, kafkaSinkHarness, mysqlSinkHarness].map(sharingQueues);

/** At least one harness for every sink type, and one for the runtime's own part. */
export const sinkHarnesses: readonly SinkHarness[] = [
  ...sharing,
  activemqSinkHarness,
  fileSinkHarness,
  kafkaSinkHarness,
  exactlyOnceKafkaSinkHarness,
  lambdaSinkHarness,
  mysqlSinkHarness,
  rabbitmqSinkHarness,
  rabbitmqSinkByKeyHarness,
];
