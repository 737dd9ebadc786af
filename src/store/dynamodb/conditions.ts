/**
 * Conditions say who may write what. A task item goes through these states. Each arrow is one conditional update:
 *
 *   absent ──stage(new)──> HELD BY PLAN ──promote──> FREE ──acquire──> HELD BY RUN ──release──> FREE
 *   FREE, HELD BY RUN, or held by an older plan ──fence──> HELD BY PLAN ──promote(remove)──> absent
 *   HELD BY PLAN or BY RUN, lease expired ──acquire──> HELD BY RUN
 *   FREE, or lease expired ──borrow──> LENT ──giveBack──> FREE
 *   HELD BY PLAN, the plan given up ──unfence──> FREE
 *   HELD BY PLAN, its planner died (planUntil of the connector has passed) ──acquire──> HELD BY RUN
 *
 * | attribute                                | written by                                                           |
 * | ---------------------------------------- | -------------------------------------------------------------------- |
 * | epoch (raised whenever the item is taken) | fence, stage, promote, acquire, borrow                               |
 * | leaseOwner, leaseUntil                   | fence and stage (planner), acquire (run), borrow; ended by promote, release, giveBack |
 * | leaseSince (the run that holds it started) | acquire; ended by release, fence, stage, borrow                     |
 * | leasePlan (the plan that holds it)       | fence, stage; ended by acquire, borrow, promote, unfence              |
 * | leaseToken (one call of acquire, borrow) | acquire, borrow: a repeat after a lost answer knows its own lease             |
 * | plan (newest plan that touched the item) | fence, stage                                                         |
 * | staged                                   | stage; ended by promote                                              |
 * | planned, generation                      | promote                                                              |
 * | positions                                | promote; checkpoint and release of the run that holds the lease      |
 * | owed (a run was started or asked for and has not ended) | set by acquire, also when busy; ended by release        |
 * | rerun (see TaskItem)                     | acquire when busy, fence (= owed); ended by the next acquire, release |
 * | rerunTaken, releasedEpoch                | release: a repeat after a lost answer gives the same answer           |
 * | unreleased (runs in a row that died without progress, and the one under way) | acquire; ended by a checkpoint that moves a position, release, clearFailure, resumeTask, promote |
 * | failure                                  | release; ended by clearFailure, resumeTask, promote                  |
 * | standing                                 | release; ended by clearFailure, resumeTask, promote                  |
 * | lastRun, lastRecordAt, counters          | release                                                              |
 * | countedSince (since when counters count) | the first release                                                   |
 * | behindSince (see TaskItem)               | the first acquire since the task was caught up; ended by a release that is |
 * | skips (places that a person lets pass)   | skip; ended, one by one, by the release of the run that passed them  |
 * | progressAt (see TaskItem)                | a checkpoint that moves a position, release                          |
 * | paused                                   | setPaused, resumeTask                                                |
 */

/** Joins clauses of which every one must hold. */
export const all = (...clauses: readonly string[]): string => clauses.map((clause) => `(${clause})`).join(' AND ');

/** Joins clauses of which one must hold. */
export const any = (...clauses: readonly string[]): string => clauses.map((clause) => `(${clause})`).join(' OR ');

export const EXISTS = 'attribute_exists(#pk)';
export const ABSENT = 'attribute_not_exists(#pk)';

// ---- connectors
export const NOT_BEING_DELETED = 'attribute_not_exists(#deleting)';
export const BEING_DELETED = 'attribute_exists(#deleting)';
export const NO_NEWER_PLAN_STARTED = '#lastGeneration = :generation';
/** The planner has said within its own time limit that it is at work. A planner that says nothing is trusted. */
export const PLANNER_AT_WORK = any('attribute_not_exists(#planUntil)', '#planUntil > :now');
export const NOT_YET_IN_FORCE = '#generation < :generation';

// ---- tasks, for a plan
export const NO_NEWER_PLAN_WAS_HERE = '#plan <= :generation';
export const HELD_BY_THIS_PLAN = '#leasePlan = :generation';
/** An older plan that never took effect made the item. Whatever did take effect was listed and fenced, so this plan holds it. */
export const LEFT_OVER = all('#plan < :generation', 'attribute_not_exists(#planned)');
export const STAGED_CONFIG = all('#staged.#generation = :generation', '#staged.#remove = :false');
export const STAGED_REMOVAL = all('#staged.#generation = :generation', '#staged.#remove = :true');
/** A newer plan that holds the item has already read its positions, so they must not move any more. */
export const NOT_HELD_BY_NEWER_PLAN = any('#plan <= :generation', 'attribute_not_exists(#leasePlan)', '#leaseUntil <= :now');

// ---- tasks, for a run
export const LEASE_FREE = any('attribute_not_exists(#leaseOwner)', '#leaseUntil <= :now');
/** A plan still holds the item, unchanged since its planner was found dead. */
export const ABANDONED = all('#leasePlan = :abandonedPlan', '#epoch = :abandonedEpoch');
/** A process still holds the item, unchanged since that process was found dead. */
export const HOLDER_GONE = all('#leaseOwner = :goneOwner', '#epoch = :goneEpoch');
export const NOT_PAUSED = '#paused = :false';
export const MAY_RETRY = any('attribute_not_exists(#failure)', all('#failure.#fatal = :false', '#failure.#notBefore <= :now'));
export const LEASE_IS_MINE = all('#epoch = :epoch', '#leaseOwner = :owner');
export const STILL_BUSY = all('#epoch = :epoch', 'attribute_exists(#leaseOwner)', '#leaseUntil > :now');
