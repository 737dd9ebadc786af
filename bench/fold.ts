import fc from 'fast-check';
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

/** Random histories of tables, connector and its deaths, by server: in how many the messages are not, key by key, what the tables hold. */
export const folds: readonly Bench[] = SERVERS.map((server) => ({
  names: [`fold/${server}`],
  servers: [server, 'rocketmq', 'dynamodb'],
  run: ({ progress }) => measure(server, progress),
}));

async function measure(server: ServerName, progress: BenchContext['progress']): Promise<Row[]> {
  const wrong: number[] = [];
  for (let seed = FIRST_SEED; seed < FIRST_SEED + HISTORIES; seed += 1) {
    const [history] = fc.sample(histories, { seed, numRuns: 1 }) as [History];
    const begun = Date.now();
    const found = await outcome(server, history);
    progress(`fold/${server}: history ${seed} is ${found.length === 0 ? 'right' : 'WRONG'} (${Date.now() - begun} ms)`);
    if (found.length === 0) continue;
    wrong.push(seed);
    progress(`${found.length} differences\n${found.slice(0, SHOWN).join('\n')}`);
  }
  if (wrong.length > 0) progress(`fold/${server}: wrong are the histories of seeds ${wrong.join(', ')}`);
  return [row(`fold/${server}/histories`, HISTORIES, 'histories'), rowOfNone(`fold/${server}/wrong`, wrong.length, 'histories')];
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
