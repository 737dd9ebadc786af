import fc from 'fast-check';
import { type Bench, type BenchContext, type Row, row, rowOfNone } from '../../bench/row.ts';
import { type LogHistory, logHistories } from '../integration/mysql/log-histories.ts';
import { liveByLog } from '../integration/mysql/log-history-life.ts';
import { SnapshotCopy } from '../integration/mysql/snapshot-copy.ts';
import { differences } from '../integration/mysql/snapshot-fold.ts';
import { live } from '../integration/mysql/snapshot-fold-life.ts';
import { type History, histories } from '../integration/mysql/snapshot-histories.ts';
import { SERVERS } from '../integration/mysql/snapshot-lab.ts';

type ServerName = (typeof SERVERS)[number];

/** `FOLD_HISTORIES` and `FOLD_SEED` choose other histories, such as a wrong one by its seed. */
const HISTORIES = Number(process.env.FOLD_HISTORIES ?? 100);
const FIRST_SEED = Number(process.env.FOLD_SEED ?? 1);
const SHOWN = 3;

/**
 * Random histories of tables, the connector and its deaths, for each server. A history is wrong if the messages are not, key by key, what
 * the tables hold. Then come histories of the log alone, with rollbacks, definitions and statements. A run of those may also end with an
 * error that names the cause.
 */
export const folds: readonly Bench[] = SERVERS.map((server) => ({
  names: [`fold/${server}`],
  servers: [server, 'rocketmq', 'dynamodb'],
  run: ({ progress, wants }) => measure(server, progress, wants),
}));

async function measure(server: ServerName, progress: BenchContext['progress'], wants: BenchContext['wants']): Promise<Row[]> {
  const charsets = new Set<string>();
  const byLog = async (seed: number): Promise<readonly string[]> => {
    const [history] = fc.sample(logHistories, { seed, numRuns: 1 }) as [LogHistory];
    const { charset, differences: wrong } = await liveByLog(server, { ...history, charset: seed });
    charsets.add(charset);
    return wrong;
  };
  const rows: Row[] = [];
  if (wants(`fold/${server}/`)) {
    const byAll = async (seed: number) => outcome(server, fc.sample(histories, { seed, numRuns: 1 })[0] as History);
    rows.push(...(await measureEach(`fold/${server}`, progress, byAll)));
  }
  if (wants(`fold/${server}-log/`)) {
    rows.push(...(await measureEach(`fold/${server}-log`, progress, (seed) => byLog(seed).catch(failed))));
    rows.push(row(`fold/${server}-log/charsets`, charsets.size, 'character sets'));
  }
  return rows;
}

const failed = (error: unknown) => [(error as Error).stack ?? String(error)];

/** `live` returns what is wrong at the end of the history that a seed makes. */
async function measureEach(
  name: string,
  progress: BenchContext['progress'],
  live: (seed: number) => Promise<readonly string[]>,
): Promise<Row[]> {
  const wrong: number[] = [];
  for (let seed = FIRST_SEED; seed < FIRST_SEED + HISTORIES; seed += 1) {
    const startedAt = Date.now();
    const found = await live(seed);
    progress(`${name}: history ${seed} is ${found.length === 0 ? 'right' : 'WRONG'} (${Date.now() - startedAt} ms)`);
    if (found.length === 0) continue;
    wrong.push(seed);
    progress(`${found.length} differences\n${found.slice(0, SHOWN).join('\n')}`);
  }
  if (wrong.length > 0) progress(`${name}: the histories of these seeds are wrong: ${wrong.join(', ')}`);
  return [row(`${name}/histories`, HISTORIES, 'histories'), rowOfNone(`${name}/wrong`, wrong.length, 'histories')];
}

/** Returns what is wrong at the end, such as a failed task. */
async function outcome(server: ServerName, history: History): Promise<string[]> {
  await using copy = await SnapshotCopy.open(server);
  try {
    await live(copy, history);
    return await differences(copy);
  } catch (error) {
    return [(error as Error).stack ?? String(error)];
  }
}
