import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { createDynamodbStore } from '../../../src/store/dynamodb/dynamodb-store.ts';
import type { ConnectStore, TaskStore } from '../../../src/store/store.ts';
import type { PackagedRoles, RoleName } from './packaged-roles.ts';

/** Who calls what of a task's part; all else is called by the planner alone. */
const CALLERS: Readonly<Record<Exclude<keyof TaskStore, 'requests' | 'consumed'>, 'task' | 'both'>> = {
  acquire: 'task',
  checkpoint: 'task',
  release: 'task',
  putRun: 'task',
  getConnector: 'both',
  listTasks: 'both',
  promote: 'both',
  takeParkedKeys: 'task',
  putParkedKeys: 'both',
};

export interface StoreByRolesOptions {
  readonly endpoint: string;
  readonly table: string;
  readonly roles: PackagedRoles;
  readonly now?: () => number;
}

/** A store whose calls are made as the role of the function that makes them; what both make, by turns. */
export function storeByRoles({ endpoint, roles, ...options }: StoreByRolesOptions): ConnectStore {
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const as = (role: RoleName) =>
    createDynamodbStore({
      ...options,
      client: new DynamoDBClient({ endpoint, region: 'local', credentials, requestHandler: roles.handler(role) }),
    });
  const task = as('TaskRole');
  const planner = as('PlannerRole');
  let turn = 0;
  const callerOf = (method: PropertyKey): ConnectStore => {
    const caller = Object.hasOwn(CALLERS, method) ? CALLERS[method as keyof typeof CALLERS] : 'planner';
    if (caller !== 'both') return caller === 'task' ? task : planner;
    turn += 1;
    return turn % 2 === 0 ? task : planner;
  };
  return new Proxy(planner, {
    get(_, method) {
      if (method === 'requests') return task.requests + planner.requests;
      if (method === 'consumed') return task.consumed;
      if (method === 'close') {
        return () => {
          task.close();
          planner.close();
        };
      }
      const caller = callerOf(method);
      const value = Reflect.get(caller, method);
      return typeof value === 'function' ? value.bind(caller) : value;
    },
  });
}
