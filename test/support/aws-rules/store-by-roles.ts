import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { createDynamodbStore } from '../../../src/store/dynamodb/dynamodb-store.ts';
import type { ConnectStore, TaskStore, WatchStore } from '../../../src/store/store.ts';
import type { PackagedRoles, RoleName } from './packaged-roles.ts';

/** Who calls what of a task's part or a look's; all else is called by the planner alone. */
const CALLERS: Readonly<Record<Exclude<keyof TaskStore | keyof WatchStore, 'requests' | 'consumed'>, readonly RoleName[]>> = {
  acquire: ['TaskRole'],
  getSpec: ['TaskRole'],
  checkpoint: ['TaskRole'],
  putBack: ['TaskRole'],
  release: ['TaskRole'],
  putRun: ['TaskRole'],
  getConnector: ['TaskRole', 'PlannerRole', 'WatchRole'],
  listTasks: ['TaskRole', 'PlannerRole', 'WatchRole'],
  promote: ['TaskRole', 'PlannerRole'],
  takeParkedKeys: ['TaskRole'],
  watch: ['WatchRole'],
  putParkedKeys: ['TaskRole', 'PlannerRole'],
};

export interface StoreByRolesOptions {
  readonly endpoint: string;
  readonly table: string;
  readonly roles: PackagedRoles;
  readonly now?: () => number;
}

/** A store whose calls are made as the role of the function that makes them; what several make, by turns. */
export function storeByRoles({ endpoint, roles, ...options }: StoreByRolesOptions): ConnectStore {
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const as = (role: RoleName) =>
    createDynamodbStore({
      ...options,
      client: new DynamoDBClient({ endpoint, region: 'local', credentials, requestHandler: roles.handler(role) }),
    });
  const stores = { TaskRole: as('TaskRole'), PlannerRole: as('PlannerRole'), WatchRole: as('WatchRole') };
  const all = Object.values(stores);
  let turn = 0;
  const callerOf = (method: PropertyKey): ConnectStore => {
    const callers = Object.hasOwn(CALLERS, method) ? CALLERS[method as keyof typeof CALLERS] : [];
    turn += 1;
    return stores[callers[turn % callers.length] ?? 'PlannerRole'];
  };
  return new Proxy(stores.PlannerRole, {
    get(_, method) {
      if (method === 'requests') return all.reduce((sum, { requests }) => sum + requests, 0);
      if (method === 'consumed') return stores.TaskRole.consumed;
      if (method === 'close') {
        return () => {
          for (const store of all) store.close();
        };
      }
      const caller = callerOf(method);
      const value = Reflect.get(caller, method);
      return typeof value === 'function' ? value.bind(caller) : value;
    },
  });
}
