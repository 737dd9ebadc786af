import { randomUUID } from 'node:crypto';
import type { BorrowResult, Lease, TaskRef } from '../store.ts';
import { toTaskItem } from './codec.ts';
import { all, EXISTS, LEASE_FREE, LEASE_IS_MINE } from './conditions.ts';
import type { TaskTable } from './task-table.ts';

/** Leases without a run. They leave alone what runs and triggers wrote on the item. */
export class Loans {
  readonly #tasks: TaskTable;
  readonly #now: () => number;

  constructor(tasks: TaskTable, now: () => number) {
    this.#tasks = tasks;
    this.#now = now;
  }

  async borrow(ref: TaskRef, owner: string, until: number): Promise<BorrowResult> {
    const token = randomUUID();
    const taken = await this.#tasks.update(ref, {
      update: `SET #epoch = #epoch + :one, #leaseOwner = :owner, #leaseUntil = :until, #leaseToken = :token REMOVE #leasePlan, #leaseSince`,
      condition: all(EXISTS, LEASE_FREE),
      values: { owner, until, token, now: this.#now(), one: 1 },
    });
    if (taken.item === undefined) return { outcome: 'absent' };
    const item = toTaskItem(taken.item);
    // True as well when the first attempt took the lease and its answer was lost: the repeat then finds its own token.
    if (taken.written || taken.item.leaseToken === token) {
      return { outcome: 'borrowed', lease: { connector: item.connector, task: item.task, epoch: item.epoch, owner, until }, item };
    }
    return { outcome: 'busy', until: item.leaseUntil, ...(item.leaseOwner !== undefined && { owner: item.leaseOwner }) };
  }

  async giveBack(lease: Lease): Promise<void> {
    await this.#tasks.update(
      lease,
      {
        update: 'SET #leaseUntil = :none REMOVE #leaseOwner, #leaseToken',
        condition: LEASE_IS_MINE,
        values: { epoch: lease.epoch, owner: lease.owner, none: 0 },
      },
      'none',
    );
  }
}
