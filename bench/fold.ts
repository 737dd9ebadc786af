import fc from 'fast-check';
import { type LogHistory, logHistories } from '../test/integration/mysql/log-histories.ts';
import { liveByLog } from '../test/integration/mysql/log-history-life.ts';
import { SnapshotCopy } from '../test/integration/mysql/snapshot-copy.ts';
import { differences } from '../test/integration/mysql/snapshot-fold.ts';
import { live } from '../test/integration/mysql/snapshot-fold-life.ts';
import { type History, histories } from '../test/integration/mysql/snapshot-histories.ts';
import { SERVERS } from '../test/integration/mysql/snapshot-lab.ts';
import { type Bench, type BenchContext, type Row, row, rowOfNone } from './row.ts';

type ServerName = (typeof SERVERS)[number];

/** `FOLD_HISTORIES` and `FOLD_SEED` live through others: one that was wrong by its seed. */
const HISTORIES = Number(process.env.FOLD_HISTORIES ?? 100);
const FIRST_SEED = Number(process.env.FOLD_SEED ?? 1);
const SHOWN = 3;

/**
 * Random histories of tables, connector and its deaths, by server: in how many the messages are not, key by key, what the tables hold. Then
 * those of the log alone, with what was rolled back, defined and written as statements: a run may also end with an error that names it.
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

/** `live`: what is wrong at the end of the history that a seed makes. */
async function measureEach(
  name: string,
  progress: BenchContext['progress'],
  live: (seed: number) => Promise<readonly string[]>,
): Promise<Row[]> {
  const wrong: number[] = [];
  for (let seed = FIRST_SEED; seed < FIRST_SEED + HISTORIES; seed += 1) {
    const begun = Date.now();
    const found = await live(seed);
    progress(`${name}: history ${seed} is ${found.length === 0 ? 'right' : 'WRONG'} (${Date.now() - begun} ms)`);
    if (found.length === 0) continue;
    wrong.push(seed);
    progress(`${found.length} differences\n${found.slice(0, SHOWN).join('\n')}`);
  }
  if (wrong.length > 0) progress(`${name}: wrong are the histories of seeds ${wrong.join(', ')}`);
  return [row(`${name}/histories`, HISTORIES, 'histories'), rowOfNone(`${name}/wrong`, wrong.length, 'histories')];
}

/** What is wrong at the end; a task that failed, too. */
async function outcome(server: ServerName, history: History): Promise<string[]> {
  await using copy = await SnapshotCopy.open(server);
  try {
    await live(copy, history);
    return await differences(copy);
  } catch (error) {
    return [(error as Error).stack ?? String(error)];
  }
}
