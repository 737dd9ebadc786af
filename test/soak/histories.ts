import fc from 'fast-check';
import { type Bench, type BenchContext, type Row, row, rowOfNone } from '../../bench/row.ts';
import { type CopyHistory, copyHistories } from '../integration/mysql/copied-tables-histories.ts';
import { type CopyOutcome, liveWithCopies } from '../integration/mysql/copied-tables-life.ts';
import { SERVERS } from '../integration/mysql/snapshot-lab.ts';

type ServerName = (typeof SERVERS)[number];

/** `HISTORIES` and `HISTORIES_SEED` choose others, such as a wrong one by its seed. */
const HISTORIES = Number(process.env.HISTORIES ?? 100);
const FIRST_SEED = Number(process.env.HISTORIES_SEED ?? 1);
const SHOWN = 3;

/** Random histories of tables that are copied into another database of the same server, with deaths of source and sink. */
export const copiedHistories: readonly Bench[] = SERVERS.map((server) => ({
  names: [`histories/${server}`],
  servers: [server, 'rocketmq', 'dynamodb'],
  run: ({ progress }) => measure(server, progress),
}));

async function measure(server: ServerName, progress: BenchContext['progress']): Promise<Row[]> {
  const name = `histories/${server}`;
  const outcomes: CopyOutcome[] = [];
  let wrong = 0;
  for (let seed = FIRST_SEED; seed < FIRST_SEED + HISTORIES; seed += 1) {
    const startedAt = Date.now();
    const [history] = fc.sample(copyHistories, { seed, numRuns: 1 }) as [CopyHistory];
    const found: string[] = [];
    try {
      const outcome = await liveWithCopies(server, history);
      outcomes.push(outcome);
      found.push(...outcome.differences.slice(0, SHOWN), ...outcome.ofMessages.slice(0, SHOWN));
    } catch (error) {
      found.push((error as Error).stack ?? String(error));
    }
    progress(`${name}: history ${seed} is ${found.length === 0 ? 'right' : 'WRONG'} (${Date.now() - startedAt} ms)`);
    if (found.length === 0) continue;
    wrong += 1;
    progress(found.join('\n'));
  }
  const sum = (of: (outcome: CopyOutcome) => number) => outcomes.reduce((total, outcome) => total + of(outcome), 0);
  return [
    row(`${name}/histories`, HISTORIES, 'histories'),
    row(
      `${name}/kills`,
      sum(({ kills }) => kills),
      'kills',
    ),
    row(
      `${name}/repeats`,
      sum(({ repeats }) => repeats),
      `messages of ${sum(({ messages }) => messages)}`,
    ),
    rowOfNone(
      `${name}/lost`,
      sum(({ differences }) => differences.length),
      'rows',
    ),
    rowOfNone(`${name}/wrong`, wrong, 'histories'),
  ];
}
