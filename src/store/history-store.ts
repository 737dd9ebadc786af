import type { Change } from './changes.ts';
import type { TaskRef } from './items.ts';
import type { RunItem } from './run-summary.ts';

/** Keeps which runs there were, and who changed what in a connector. */
export interface HistoryStore {
  /** Keeps the summary of a run that moved records or failed, for 30 days. */
  putRun(ref: TaskRef, run: RunItem): Promise<void>;
  listRuns(connector: string, limit: number): Promise<Array<RunItem & TaskRef>>;
  /**
   * Reads the runs that started since `since`, ms since 1970, in the order of their starts, or with `before` those that started before it, the
   * newest first. The caller breaks off when it has seen enough: no more is read then.
   */
  runsFrom(connector: string, since: number, before?: boolean): AsyncIterable<RunItem & TaskRef>;

  /** Stores a change, in place of what was stored under its id, for a year from its beginning. It outlives the connector. */
  putChange(change: Change): Promise<void>;
  getChange(connector: string, id: string): Promise<Change | undefined>;
  /** Lists the changes of the connector, the newest first. Default: all. */
  listChanges(connector: string, limit?: number): Promise<Change[]>;
}
