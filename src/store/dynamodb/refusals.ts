import { ConnectError } from '../../api/index.ts';
import type { TaskRef } from '../store.ts';

/** A condition failed: what that means for the writer. */

export const taskName = ({ connector, task }: TaskRef): string => `task ${task} of connector ${connector}`;

export const superseded = (what: string, generation: number, why: string): ConnectError =>
  new ConnectError('PLAN_SUPERSEDED', `plan ${generation} of ${what} was given up: ${why}`, { retriable: true, remedy: 'apply it again' });

export const leaseLost = (ref: TaskRef): ConnectError =>
  new ConnectError('LEASE_LOST', `${taskName(ref)} was taken over by another invocation or a new plan`, { retriable: true });

export const noConnector = (name: string, deleting: boolean): ConnectError =>
  deleting
    ? new ConnectError('NOT_FOUND', `connector ${name} is being deleted`, { remedy: 'repeat the delete to finish it' })
    : new ConnectError('NOT_FOUND', `connector ${name} does not exist`, { remedy: 'apply its file first' });

/** The connector that a plan was made for is deleted, or will be soon. */
export const goneMeanwhile = (name: string): ConnectError =>
  new ConnectError('PLAN_SUPERSEDED', `connector ${name} was deleted meanwhile`, {
    retriable: true,
    remedy: 'apply again to create it anew',
  });

export const noTask = (ref: TaskRef): ConnectError =>
  new ConnectError('NOT_FOUND', `${taskName(ref)} does not exist`, { remedy: 'see `status` for the tasks there are' });
