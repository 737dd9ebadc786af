import { type Bench, type Row, row, rowOfNone } from '../../bench/row.ts';
import { grpcHarnesses, harnesses } from '../contract/harness/registry.ts';
import { type SourceHarness, sourceNameOf } from '../contract/harness/source-harness.ts';
import type { Copy } from '../contract/source-connector/copy.ts';
import { Workbench } from '../contract/source-connector/workbench.ts';
import { killRandomly } from '../support/crash/kill-randomly.ts';
import { mysqlCrash } from './crash-mysql.ts';

const PARTITIONS = 8;
const MESSAGES = 200_000;
const BYTES = 100;
const FILL_AT_ONCE = 5_000;
const KILLS = 100;
/** A worker lives at most this long once it sends, so half of it on average. */
const LIFE_MS = 1_000;
/** This is slow enough to leave a fifth of the messages after the last kill. */
const RECORDS_PER_SECOND = (MESSAGES * 0.8) / (KILLS * (LIFE_MS / 2_000));
/** Workers live a second instead of minutes, so they checkpoint more often than any user's configuration allows. */
const CHECKPOINT_MS = 200;

/**
 * Kills workers (SIGKILL) at random in a run of 200,000 messages, for each source type. Measures what was lost, and the share that came
 * again.
 */
export const crashes: readonly Bench[] = [
  ...[...harnesses, ...grpcHarnesses.filter(({ overGrpc, toFifo }) => overGrpc === 'local' && !toFifo)]
    .filter(({ type }) => type !== 'mysql-source')
    .map(
      (harness): Bench => ({
        names: [`crash/${sourceNameOf(harness)}`],
        servers: [harness.server, 'rocketmq', 'dynamodb'],
        run: ({ progress }) => crash(harness, progress),
      }),
    ),
  mysqlCrash,
];

async function crash(harness: SourceHarness, progress: (text: string) => void): Promise<Row[]> {
  await using bench = await Workbench.open(harness, await harness.open());
  const name = `crash/${sourceNameOf(harness)}`;
  const batch = { maxInFlightBytes: 64 * 1024, checkpointIntervalMs: CHECKPOINT_MS };
  const copy = await bench.prepare({ partitions: PARTITIONS, batch });
  progress(`${name}: filling in ${MESSAGES} messages`);
  while (copy.filled * PARTITIONS < MESSAGES) await copy.fill(FILL_AT_ONCE, BYTES);
  await copy.apply();
  const onKill = (kills: number) => kills % 10 === 0 && progress(`${name}: ${kills} of ${KILLS} kills`);
  const { kills, laterMs } = await killRandomly(copy.order({ recordsPerSecond: RECORDS_PER_SECOND }), KILLS, LIFE_MS, { onKill });
  await using successor = bench.newRuntime(laterMs);
  await copy.settle(successor);
  const { distinct, all } = await count(copy);
  return [
    row(`${name}/kills`, kills, 'kills'),
    rowOfNone(`${name}/lost`, MESSAGES - distinct, 'messages'),
    row(`${name}/repeats`, ((all - distinct) / MESSAGES) * 100, '% of messages'),
  ];
}

async function count(copy: Copy): Promise<{ distinct: number; all: number }> {
  const byPartition = [...(await copy.arrivals()).values()];
  const sum = (size: (arrived: (typeof byPartition)[number]) => number) => byPartition.reduce((total, arrived) => total + size(arrived), 0);
  return {
    distinct: sum((arrived) => new Set(arrived.map(({ number }) => number)).size),
    all: sum((arrived) => arrived.length),
  };
}
