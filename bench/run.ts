/** `npm run bench -- [--only NAME] [--json FILE]` */
import { coldStart } from './cold-start.ts';
import { grpcThroughput } from './grpc-throughput.ts';
import { idle } from './idle.ts';
import { memory } from './memory.ts';
import { mysqlSnapshot } from './mysql-snapshot.ts';
import { mysqlSnapshotMemory } from './mysql-snapshot-memory.ts';
import { mysqlStream } from './mysql-stream.ts';
import { planner } from './planner.ts';
import { queueThroughput } from './queue-throughput.ts';
import { readQueues } from './read-queues.ts';
import { activemqSystem } from './read-raw-activemq.ts';
import { rabbitmqSystem } from './read-raw-rabbitmq.ts';
import { restList } from './rest-list.ts';
import { runBenches } from './run-benches.ts';
import { sharedSink } from './shared-sink.ts';
import { sinkIdle } from './sink-idle.ts';
import { sinkMemory } from './sink-memory.ts';
import { sinkThroughput } from './sink-throughput.ts';
import { throughput } from './throughput.ts';
import { activemqTarget } from './write-raw-activemq.ts';
import { kafkaTarget } from './write-raw-kafka.ts';
import { mysqlTarget } from './write-raw-mysql.ts';
import { rabbitmqTarget } from './write-raw-rabbitmq.ts';

await runBenches('bench', [
  throughput,
  grpcThroughput,
  readQueues,
  queueThroughput(rabbitmqSystem),
  queueThroughput(activemqSystem),
  mysqlStream,
  mysqlSnapshot,
  sinkThroughput(kafkaTarget),
  sinkThroughput(rabbitmqTarget),
  sinkThroughput(activemqTarget),
  sinkThroughput(mysqlTarget),
  sharedSink,
  coldStart,
  idle,
  sinkIdle,
  memory,
  mysqlSnapshotMemory,
  sinkMemory,
  planner,
  restList,
]);
