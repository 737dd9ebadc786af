import type { BorrowStore } from './borrow-store.ts';
import type { ConnectorStore } from './connector-store.ts';
import type { HistoryStore } from './history-store.ts';
import type { LeaseStore } from './lease-store.ts';
import type { LetterStore } from './letter-store.ts';
import type { LookStore } from './look-store.ts';
import type { PlanStore } from './plan-store.ts';
import type { TaskItemStore } from './task-item-store.ts';

export type * from './changes.ts';
export type * from './items.ts';
export type * from './leases.ts';
export type * from './letters.ts';
export type * from './parked-keys.ts';
export type * from './run-summary.ts';

/**
 * The only state there is. Every write is one conditional request on one item; a condition that fails is thrown as
 * ConnectError LEASE_LOST (task writes) or PLAN_SUPERSEDED (plan writes), and the writer must stop.
 * A vendor's fault is thrown as a retriable ConnectError (UNREACHABLE, THROTTLED, TIMEOUT) or FORBIDDEN / NOT_FOUND.
 */
export interface ConnectStore
  extends ConnectorStore,
    PlanStore,
    TaskItemStore,
    LookStore,
    LeaseStore,
    BorrowStore,
    HistoryStore,
    LetterStore {
  /** How many requests were made since the store was constructed. */
  readonly requests: number;
  /** What they cost, as DynamoDB reports it with its answers. A write whose condition failed counts as the one before it. */
  readonly consumed: Consumed;
  close(): void;
}

/** Request units of DynamoDB. */
export interface Consumed {
  readonly readUnits: number;
  readonly writeUnits: number;
  /** Those of the latest write: of what a run writes on one item, the next write costs as much. */
  readonly lastWriteUnits: number;
}

/** What a task invocation may do to the store. The role of its function allows nothing else. */
export type TaskStore = Pick<
  ConnectStore,
  | 'acquire'
  | 'getSpec'
  | 'checkpoint'
  | 'release'
  | 'putBack'
  | 'putRun'
  | 'getConnector'
  | 'promote'
  | 'listTasks'
  | 'takeParkedKeys'
  | 'putParkedKeys'
  | 'requests'
  | 'consumed'
>;

/** What a look may do to the store. The role of its function allows nothing else. */
export type WatchStore = Pick<ConnectStore, 'watch' | 'getConnector' | 'listTasks' | 'requests'>;

/** What a planner may do to the store. */
export type PlannerStore = Omit<
  ConnectStore,
  'acquire' | 'getSpec' | 'checkpoint' | 'release' | 'putBack' | 'putRun' | 'borrow' | 'giveBack' | 'takeParkedKeys'
>;

/** What a sample may do to the store: it looks at a source without a run. */
export type LoanStore = Pick<ConnectStore, 'borrow' | 'giveBack' | 'listTasks' | 'getSpec'>;
