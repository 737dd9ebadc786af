import { randomUUID } from 'node:crypto';
import { ConnectError } from '../../api/index.ts';
import type { AcquireResult, Lease, Positions, Release, TaskItem, TaskRef } from '../store.ts';
import { toTaskItem } from './codec.ts';
import { ABANDONED, all, any, HOLDER_GONE, LEASE_FREE, LEASE_IS_MINE, MAY_RETRY, NOT_PAUSED, STILL_BUSY } from './conditions.ts';
import { connectorKey } from './keys.ts';
import { GETS_ON, type Part, parts, UNCHANGED } from './position-parts.ts';
import { leaseLost, taskName } from './refusals.ts';
import type { Table } from './table.ts';
import type { TaskTable } from './task-table.ts';

/** In each round the lease was freed and taken again between two requests. So many in a row don't happen by chance. */
const MAX_ROUNDS = 10;
/** A planner's clock and this one may differ by this. */
const CLOCK_MARGIN_MS = 5_000;

/** What a task invocation writes on its item. */
export class Leases {
  readonly #tasks: TaskTable;
  readonly #table: Table;
  readonly #now: () => number;

  constructor(tasks: TaskTable, table: Table, now: () => number) {
    this.#tasks = tasks;
    this.#table = table;
    this.#now = now;
  }

  async acquire(ref: TaskRef, owner: string, until: number, isGone: (owner: string) => boolean = () => false): Promise<AcquireResult> {
    const token = randomUUID();
    let abandoned: { readonly abandonedPlan: number; readonly abandonedEpoch: number } | undefined;
    let gone: { readonly goneOwner: string; readonly goneEpoch: number } | undefined;
    for (let round = 0; round < MAX_ROUNDS; round += 1) {
      const now = this.#now();
      const others = [...(abandoned ? [ABANDONED] : []), ...(gone ? [HOLDER_GONE] : [])];
      // DynamoDB refuses parentheses around one clause.
      const free = others.length === 0 ? LEASE_FREE : any(LEASE_FREE, ...others);
      const taken = await this.#tasks.update(ref, {
        // This run serves every trigger that has come so far.
        update: `SET #epoch = #epoch + :one, #leaseOwner = :owner, #leaseUntil = :until, #leaseToken = :token, #leaseSince = :now, #rerun = :false, #owed = :true,
                 #unreleased = if_not_exists(#unreleased, :none) + :one, #behindSince = if_not_exists(#behindSince, :now)
                 REMOVE #leasePlan`,
        condition: all(free, NOT_PAUSED, MAY_RETRY),
        values: { owner, until, token, now, ...abandoned, ...gone, none: 0, one: 1, true: true, false: false },
      });
      if (taken.item === undefined) return { outcome: 'absent' };
      const item = toTaskItem(taken.item);
      // True as well when the first attempt took the lease and its answer was lost: the repeat then finds its own token.
      if (taken.written || taken.item.leaseToken === token) return acquired(item, owner, until);
      const dead = item.epoch === abandoned?.abandonedEpoch || item.epoch === gone?.goneEpoch;
      const refused = whyNot(dead ? { ...item, leaseUntil: 0 } : item, now);
      // The item became free just after the condition failed: try again.
      if (refused === undefined) continue;
      if (refused.outcome !== 'busy') return refused;
      const { leasePlan } = taken.item as { leasePlan?: number };
      if (leasePlan !== undefined && (await this.#plannerDied(ref.connector, now))) {
        abandoned = { abandonedPlan: leasePlan, abandonedEpoch: item.epoch };
        continue;
      }
      if (leasePlan === undefined && item.leaseOwner !== undefined && isGone(item.leaseOwner)) {
        gone = { goneOwner: item.leaseOwner, goneEpoch: item.epoch };
        continue;
      }
      if (item.rerun) return refused;
      const left = await this.#tasks.update(
        ref,
        { update: 'SET #rerun = :true, #owed = :true', condition: STILL_BUSY, values: { epoch: item.epoch, now: this.#now(), true: true } },
        'none',
      );
      if (left.written) return { ...refused, first: true };
    }
    throw new ConnectError('THROTTLED', `${taskName(ref)} changes hands too fast`, { retriable: true, remedy: 'try again' });
  }

  /** Finds out whether the planner has died. One that has not said until when it is at work is trusted until its lease ends. */
  async #plannerDied(connector: string, now: number): Promise<boolean> {
    const { planUntil } = ((await this.#table.get(connectorKey(connector))) ?? {}) as { planUntil?: number };
    return planUntil !== undefined && planUntil + CLOCK_MARGIN_MS <= now;
  }

  async checkpoint(lease: Lease, positions: Positions): Promise<void> {
    if (positions.size === 0) return this.#write(lease, UNCHANGED);
    for (const part of parts(positions))
      await this.#write(lease, { ...part, set: [...part.set, GETS_ON], values: { ...part.values, one: 1, now: this.#now() } });
  }

  async release(
    lease: Lease,
    { positions, summary, counted, failure, skipped, standing = [], lastRecordAt, progressAt, caughtUp = false }: Release,
  ): Promise<{ rerun: boolean }> {
    const moved = parts(positions);
    const last = moved.pop();
    for (const part of moved) await this.#write(lease, part);
    const set = [
      ...(last?.set ?? []),
      '#lastRun = :summary, #leaseUntil = :none, #releasedEpoch = :epoch, #rerunTaken = #rerun, #rerun = :false, #owed = :false, #unreleased = :none',
      ...(lastRecordAt === undefined ? [] : ['#lastRecordAt = :lastRecordAt']),
      ...(progressAt === undefined ? [] : ['#progressAt = :progressAt']),
      ...(failure ? ['#failure = :failure'] : []),
      ...(standing.length > 0 ? ['#standing = :standing'] : []),
      '#countedSince = if_not_exists(#countedSince, :startedAt)',
    ];
    // A counter that stays absent costs no room on the item.
    const added = Object.fromEntries(Object.entries(counted).filter(([counter, count]) => counter === 'invocations' || count > 0));
    const result = await this.#tasks.update(
      lease,
      {
        update: `SET ${set.join(', ')}
                 REMOVE #leaseOwner, #leaseSince, #leaseToken${failure ? '' : ', #failure'}${standing.length > 0 ? '' : ', #standing'}${caughtUp ? ', #behindSince' : ''}
                 ADD ${Object.keys(added)
                   .map((counter) => `#${counter} :${counter}`)
                   .join(', ')}${skipped?.size ? ' DELETE #skips :skipped' : ''}`,
        condition: LEASE_IS_MINE,
        values: {
          ...last?.values,
          ...added,
          ...proof(lease),
          startedAt: summary.startedAt,
          summary,
          ...(lastRecordAt !== undefined && { lastRecordAt }),
          ...(progressAt !== undefined && { progressAt }),
          ...(failure && { failure }),
          ...(standing.length > 0 && { standing }),
          ...(skipped?.size && { skipped }),
          none: 0,
          false: false,
        },
        names: last?.names ?? {},
      },
      'changed',
    );
    const { item = {} } = result;
    // True as well when an earlier attempt released the lease and its answer was lost.
    if (result.written || item.releasedEpoch === lease.epoch) return { rerun: item.rerunTaken === true };
    throw leaseLost(lease);
  }

  async putBack(lease: Lease): Promise<boolean> {
    const { written } = await this.#tasks.update(
      lease,
      {
        update: 'SET #leaseUntil = :none, #unreleased = #unreleased - :one REMOVE #leaseOwner, #leaseSince, #leaseToken',
        condition: LEASE_IS_MINE,
        values: { ...proof(lease), none: 0, one: 1 },
      },
      'none',
    );
    return written;
  }

  async #write(lease: Lease, { set, values, names }: Part): Promise<void> {
    const result = await this.#tasks.update(
      lease,
      { update: `SET ${set.join(', ')}`, condition: LEASE_IS_MINE, values: { ...values, ...proof(lease) }, names },
      'none',
    );
    if (!result.written) throw leaseLost(lease);
  }
}

const acquired = (item: TaskItem, owner: string, until: number): AcquireResult => ({
  outcome: 'acquired',
  lease: { connector: item.connector, task: item.task, epoch: item.epoch, owner, until },
  item,
});

const proof = ({ epoch, owner }: Lease) => ({ epoch, owner });

/**
 * Says why the lease can't be taken. `busy` goes before a failure: the plan that holds the task will clear the failure, and then the
 * trigger must not be lost.
 */
function whyNot(
  { paused, failure, leaseOwner, leaseUntil, leaseSince, epoch, staged }: TaskItem,
  now: number,
): Exclude<AcquireResult, { outcome: 'acquired' }> | undefined {
  if (paused) return { outcome: 'paused' };
  if (leaseOwner !== undefined && leaseUntil > now) {
    return { outcome: 'busy', until: leaseUntil, owner: leaseOwner, ...(leaseSince !== undefined && { since: leaseSince, epoch }) };
  }
  const plan = staged === undefined ? {} : { staged };
  if (failure?.fatal) return { outcome: 'failed', failure, ...plan };
  if (failure !== undefined && failure.notBefore > now) return { outcome: 'not-before', notBefore: failure.notBefore, ...plan };
  return undefined;
}
