import type { CopyHistory } from './copied-tables-histories.ts';
import type { ServerName } from './mysql-lab.ts';
import { differences } from './snapshot-fold.ts';
import { live } from './snapshot-fold-life.ts';
import { TableCopy } from './table-copy.ts';

export interface CopyOutcome {
  /** Rows that differ between the tables and their copies, a line each. */
  readonly differences: readonly string[];
  /** What is wrong with the messages between them, which tells whose fault a difference is. */
  readonly ofMessages: readonly string[];
  /** How many workers were killed, of source and sink. */
  readonly kills: number;
  readonly messages: number;
  /** How many messages came again. */
  readonly repeats: number;
}

/** Lives through a history of tables on a server, with a sink beside that copies them into another database. Throws where a task fails. */
export async function liveWithCopies(server: ServerName, { tables, sinkTasks, sink }: CopyHistory): Promise<CopyOutcome> {
  await using copy = await TableCopy.open(server, tables.charset);
  await copy.apply(sinkTasks);
  const { kills } = await live(copy.source, tables, {
    async step(index, aheadMs) {
      const { runs, plan } = sink[index] ?? { runs: [], plan: undefined };
      const happening = [...runs.map((each) => copy.run(each, aheadMs)), ...(plan === undefined ? [] : [copy.plan(plan)])];
      const failed = (await Promise.allSettled(happening)).find((result) => result.status === 'rejected');
      if (failed !== undefined) throw failed.reason;
    },
    end: () => copy.runToEnd(),
  });
  const ids = (await copy.source.messages()).flat().map(({ id }) => id);
  return {
    differences: await copy.differences(),
    ofMessages: await differences(copy.source),
    kills: kills + copy.kills,
    messages: ids.length,
    repeats: ids.length - new Set(ids).size,
  };
}
