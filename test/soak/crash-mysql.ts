import { type Bench, type BenchContext, type Row, row, rowOfNone } from '../../bench/row.ts';
import { SnapshotCopy } from '../integration/mysql/snapshot-copy.ts';
import { killRandomly, WORKER_DEADLINE_MS } from '../support/crash/kill-randomly.ts';
import { TimeLapse } from '../support/time-lapse.ts';
import { VersionedTable } from './versioned-table.ts';

interface Crash {
  readonly name: string;
  /** The number of rows that exist before the connector does. */
  readonly rows: number;
  /** The number of changes of rows, after those. */
  readonly changes: number;
  readonly kills: number;
}

const LOG: Crash = { name: 'crash/mysql-source', rows: 0, changes: 200_000, kills: 100 };
const SNAPSHOT: Crash = { name: 'crash/mysql-source/snapshot', rows: 100_000, changes: 10_000, kills: 20 };
/** A worker lives at most this long once it sends, so half of it on average. */
const LIFE_MS = 1_000;
/** Workers live a second instead of minutes, so they checkpoint more often than any user's configuration allows. */
const CHECKPOINT_MS = 200;

/** Kills workers (SIGKILL) at random in a run of insertions, updates and deletions, and in a shorter run of a snapshot before them. */
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
  // This is slow enough to leave a fifth after the last kill.
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
