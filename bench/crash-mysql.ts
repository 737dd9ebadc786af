import { SnapshotCopy } from '../test/integration/mysql/snapshot-copy.ts';
import { killRandomly, WORKER_DEADLINE_MS } from '../test/support/crash/kill-randomly.ts';
import { TimeLapse } from '../test/support/time-lapse.ts';
import { type Bench, type BenchContext, type Row, row, rowOfNone } from './row.ts';
import { VersionedTable } from './versioned-table.ts';

interface Crash {
  readonly name: string;
  /** Rows that are there before the connector is. */
  readonly rows: number;
  /** Of rows, behind them. */
  readonly changes: number;
  readonly kills: number;
}

const LOG: Crash = { name: 'crash/mysql-source', rows: 0, changes: 200_000, kills: 100 };
const SNAPSHOT: Crash = { name: 'crash/mysql-source/snapshot', rows: 100_000, changes: 10_000, kills: 20 };
/** A worker lives this long at most once it sends, so half of it on average. */
const LIFE_MS = 1_000;
/** Workers live a second where they would live minutes, so they checkpoint more often than a user can have it, too. */
const CHECKPOINT_MS = 200;

/** Kills (SIGKILL) at random in a run of insertions, updates and deletions, and in a shorter one of a snapshot before them. */
export const mysqlCrash: Bench = {
  names: [LOG.name],
  servers: ['mariadb', 'rocketmq', 'dynamodb'],
  run: async ({ progress }) => [...(await crash(LOG, progress)), ...(await crash(SNAPSHOT, progress))],
};

async function crash({ name, rows, changes, kills: wanted }: Crash, progress: BenchContext['progress']): Promise<Row[]> {
  await using copy = await SnapshotCopy.open('mariadb');
  const table = await VersionedTable.create(copy.lab.admin);
  progress(`${name}: writing ${rows} rows and ${changes} changes`);
  await table.insert(rows);
  const batch = { ...copy.spec().batch, maxInFlightBytes: 64 * 1024, checkpointIntervalMs: CHECKPOINT_MS };
  await copy.apply({ snapshotRangeRows: 10_000 }, { maxTasks: 1, batch });
  await table.change(changes);
  // Slow enough for a fifth to be left after the last kill.
  const recordsPerSecond = ((rows + changes) * 0.8) / (wanted * (LIFE_MS / 2_000));
  const work = { run: { connector: copy.name, task: 0 } };
  const order = { table: copy.table, dynamodb: copy.addresses.dynamodb, deadlineMs: WORKER_DEADLINE_MS, recordsPerSecond, work };
  const onKill = (kills: number) => kills % 10 === 0 && progress(`${name}: ${kills} of ${wanted} kills`);
  const { kills, laterMs } = await killRandomly(order, wanted, LIFE_MS, { onKill });
  using time = new TimeLapse();
  time.pass(laterMs);
  await copy.runToEnd();
  const { missing, repeated } = table.compare((await copy.messages()).flat().flatMap(({ value }) => value ?? []));
  const different = await table.differences((await copy.folded())[table.name] ?? {});
  return [
    row(`${name}/kills`, kills, 'kills'),
    rowOfNone(`${name}/lost`, missing, 'changes'),
    rowOfNone(`${name}/different`, different, 'rows'),
    row(`${name}/repeats`, (repeated / (rows + changes)) * 100, '% of changes'),
  ];
}
