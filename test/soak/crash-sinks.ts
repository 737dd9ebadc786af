import { type Bench, type Row, row } from '../../bench/row.ts';
import { exactlyOnceKafkaSinkHarness, kafkaSinkHarness } from '../contract/harness/kafka-sink.ts';
import { mysqlSinkHarness } from '../contract/harness/mysql-sink.ts';
import { rabbitmqSinkHarness } from '../contract/harness/rabbitmq-sink.ts';
import type { SinkHarness } from '../contract/harness/sink-harness.ts';
import { SinkBench } from '../contract/sink-connector/sink-bench.ts';
import { killRandomly } from '../support/crash/kill-randomly.ts';

const QUEUES = 8;
const MESSAGES = 200_000;
const BYTES = 100;
const FILL_AT_ONCE = 5_000;
/** So many are added in each queue where a worker came to the end before it was killed. */
const MORE = 1_250;
const KILLS = 100;
/** A worker lives at most this long once it writes. */
const LIFE_MS = 1_000;
/** Workers live for less than a second instead of minutes, so they checkpoint more often than any user's configuration allows. */
const BATCH = { maxInFlightBytes: 64 * 1024, checkpointIntervalMs: 200 };

interface SinkCrash {
  readonly name: string;
  /** A server of the local stack. */
  readonly server: string;
  readonly harness: SinkHarness;
}

const sinks: readonly SinkCrash[] = [
  { name: 'crash/kafka-sink', server: 'kafka', harness: kafkaSinkHarness },
  { name: 'crash/kafka-sink-exactly-once', server: 'kafka', harness: exactlyOnceKafkaSinkHarness },
  { name: 'crash/mysql-sink', server: 'mariadb', harness: mysqlSinkHarness },
  { name: 'crash/rabbitmq-sink', server: 'rabbitmq', harness: rabbitmqSinkHarness },
];

/**
 * Kills workers (SIGKILL) at random in a run of 200,000 messages or more. Rejects where a message is lost, where the order of a queue is
 * broken, or where one comes again although the target holds each once. Measures the share that came again.
 */
export const sinkCrashes: readonly Bench[] = sinks.map(({ name, server, harness }) => ({
  names: [name],
  servers: [server, 'rocketmq', 'dynamodb'],
  run: ({ progress }) => crash(name, harness, progress),
}));

async function crash(name: string, harness: SinkHarness, progress: (text: string) => void): Promise<Row[]> {
  await using bench = await SinkBench.open(harness);
  const copy = await bench.copy({ queues: QUEUES, batch: BATCH });
  progress(`${name}: filling in ${MESSAGES} messages`);
  while (copy.filled * QUEUES < MESSAGES) await copy.fill(FILL_AT_ONCE, BYTES);
  const onKill = (kills: number) => kills % 10 === 0 && progress(`${name}: ${kills} of ${KILLS} kills`);
  const { laterMs } = await killRandomly(bench.order(copy), KILLS, LIFE_MS, { onKill, more: () => copy.fill(MORE, BYTES) });
  await using successor = bench.later(laterMs);
  await copy.settle(successor);
  const repeats = await copy.expectComplete();
  const messages = copy.filled * QUEUES;
  return [
    row(`${name}/kills`, KILLS, 'kills'),
    row(`${name}/messages`, messages, 'messages'),
    row(`${name}/repeats`, (repeats / messages) * 100, '% of messages'),
  ];
}
