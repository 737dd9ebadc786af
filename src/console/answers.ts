import type { ConnectorCost } from '../cost/connector-costs.ts';
import type { Cost } from '../cost/cost.ts';
import type {
  AlterOffsetsResult,
  ConnectorSummary,
  DeadLetter,
  HistoryEntry,
  LetterFailure,
  PlanResult,
  RunsResult,
  StatusResult,
  TaskState,
} from '../runtime/planner-api.ts';
import type { Totals } from './totals.ts';

/** What the console shows of the place where connectors run. */
export interface About {
  readonly version: string;
  /** `local`: this machine, where nothing is billed. */
  readonly target: 'local' | 'aws';
  /** The table or the planner function. */
  readonly cluster: string;
  /** The region whose list prices costs are computed with. */
  readonly region: string;
  readonly types: ReadonlyArray<{ readonly type: string; readonly direction: 'source' | 'sink'; readonly summary: string }>;
}

/** A connector in the list, with what its tasks say together. */
export interface ListedConnector extends ConnectorSummary, Totals {
  readonly direction?: 'source' | 'sink';
  /** How many tasks are in each state. */
  readonly taskStates: Readonly<Partial<Record<TaskState, number>>>;
}

export interface ConnectorList {
  /** When it was read, ms since 1970. Ages count from here, so that clocks may differ. */
  readonly at: number;
  readonly connectors: readonly ListedConnector[];
}

export interface ShownConnector extends StatusResult {
  readonly at: number;
  readonly direction?: 'source' | 'sink';
}

/** A run with what it cost in dollars. Absent where it does not say what it used. */
export type PricedRun = RunsResult['runs'][number] & { readonly dollars?: number };

export interface Runs {
  readonly runs: readonly PricedRun[];
}

export interface History {
  readonly changes: readonly HistoryEntry[];
}

export interface ShownFile {
  readonly generation: number;
  readonly yaml: string;
  /** Of the configuration in force. With it, `apply` changes nothing that somebody has changed since. */
  readonly revision?: string;
}

/** Something that is wrong with a file, and where. */
export interface Problem {
  readonly level: 'error' | 'warning';
  readonly code: string;
  /** As a file names it; empty where it is about none. */
  readonly option: string;
  readonly message: string;
  readonly remedy?: string;
  /** Where the option stands, from 1 on. Absent for a form. */
  readonly line?: number;
}

export interface Refused {
  readonly ok: false;
  readonly problems: readonly Problem[];
}

export type Validated = { readonly ok: true; readonly warnings: readonly Problem[] } | Refused;

/** What a plan would do, or did. */
export type Planned = { readonly ok: true; readonly plan: PlanResult; readonly idleMonth?: Cost } | Refused;

/** The same configuration as a form and as YAML. */
export type Converted = { readonly ok: true; readonly config: Readonly<Record<string, string>>; readonly yaml: string } | Refused;

/** Tasks that were started, and those that were not because this process still ran them. */
export interface Started {
  readonly started: number;
  readonly running: number;
}

export type Altered = AlterOffsetsResult;

export interface Letters {
  /** Absent where the connector has no dead-letter topic. */
  readonly topic?: string;
  readonly letters: readonly DeadLetter[];
  readonly looked: number;
  /** Older messages that RocketMQ has removed. */
  readonly gone: number;
  readonly left: number;
  /** For the next page. Absent in the last one. */
  readonly cursor?: string;
}

/** So many letters are redriven or dropped by one request. */
export const MOST_CHOSEN = 1_000;

export interface LettersDone {
  readonly done: number;
  readonly settled: number;
  readonly failures: readonly LetterFailure[];
}

export interface CostAnswer {
  readonly days: number;
  readonly region: string;
  readonly cost: ConnectorCost;
}
