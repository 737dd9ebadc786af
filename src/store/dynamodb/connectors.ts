import { ConnectError } from '../../api/index.ts';
import type { ConnectorSpec } from '../../config/connector-spec.ts';
import type { ConnectorItem, ConnectStore, DesiredState, GivenConfig } from '../store.ts';
import { OPERATION_TIMEOUT_MS } from './client.ts';
import { toConnectorItem } from './codec.ts';
import {
  ABSENT,
  all,
  any,
  BEING_DELETED,
  EXISTS,
  NO_NEWER_PLAN_STARTED,
  NOT_BEING_DELETED,
  NOT_YET_IN_FORCE,
  PLANNER_AT_WORK,
} from './conditions.ts';
import { connectorKey, furtherKeys, keptOf, lettersOf, parkedOf } from './keys.ts';
import { goneMeanwhile, noConnector, superseded } from './refusals.ts';
import type { Specs } from './specs.ts';
import type { Table } from './table.ts';
import type { TaskTable } from './task-table.ts';

type Plan = Parameters<ConnectStore['flip']>[1];
type PlanBeginning = NonNullable<Parameters<ConnectStore['beginPlan']>[2]>;
type LeftByPlan = Parameters<ConnectStore['forgetPlans']>[2];

/** Writes of connector items. */
export class Connectors {
  readonly #table: Table;
  readonly #tasks: TaskTable;
  readonly #specs: Specs;
  readonly #now: () => number;

  constructor(table: Table, tasks: TaskTable, specs: Specs, now: () => number) {
    this.#table = table;
    this.#tasks = tasks;
    this.#specs = specs;
    this.#now = now;
  }

  async setDesired(name: string, desired: DesiredState): Promise<ConnectorItem> {
    const result = await this.#table.update(connectorKey(name), {
      update: 'SET #desired = :desired, #desiredAt = :now',
      condition: all(EXISTS, NOT_BEING_DELETED),
      values: { desired, now: this.#now() },
    });
    if (!result.written) throw noConnector(name, result.item !== undefined);
    return toConnectorItem(result.item);
  }

  async noteStart(name: string): Promise<void> {
    const update = 'SET #desiredAt = :now';
    const condition = all('#desired = :running', NOT_BEING_DELETED);
    await this.#table.update(connectorKey(name), { update, condition, values: { now: this.#now(), running: 'RUNNING' } }, 'none');
  }

  async keepGiven({ name, generation, given: before }: ConnectorItem, given: GivenConfig): Promise<boolean> {
    const asRead = before === undefined ? 'attribute_not_exists(#given)' : '#given = :before';
    const { written } = await this.#table.update(connectorKey(name), {
      update: 'SET #given = :given',
      condition: all('#generation = :generation', NOT_BEING_DELETED, any('#given = :given', asRead)),
      values: { generation, given, ...(before !== undefined && { before }) },
    });
    return written;
  }

  async noteWaiting(name: string, waiting: NonNullable<ConnectorItem['waiting']>): Promise<void> {
    const update = { update: 'SET #waiting = :waiting', condition: EXISTS, values: { waiting } };
    await this.#table.update(connectorKey(name), update, 'none');
  }

  async beginPlan(
    name: string,
    spec: ConnectorSpec,
    { initial = 'RUNNING', exists = false, tasks = spec.maxTasks }: PlanBeginning = {},
  ): Promise<number> {
    for (;;) {
      const raised = await this.#table.update(connectorKey(name), {
        update: 'SET #lastGeneration = #lastGeneration + :one REMOVE #planUntil',
        condition: all(EXISTS, NOT_BEING_DELETED),
        values: { one: 1 },
      });
      if (raised.written) return this.#begun(name, toConnectorItem(raised.item).lastGeneration, spec, tasks);
      if (raised.item !== undefined || exists) throw goneMeanwhile(name);
      // A planner that outlived a delete may have left tasks. They must not look newer than every plan to come.
      const lastGeneration = (await this.#tasks.newestPlan(name)) + 1;
      const created = await this.#table.update(connectorKey(name), {
        update: 'SET #spec = :spec, #desired = :desired, #generation = :none, #lastGeneration = :lastGeneration, #tasks = :none',
        condition: ABSENT,
        values: { spec, desired: initial, none: 0, lastGeneration },
      });
      if (created.written) return this.#begun(name, lastGeneration, spec, tasks);
      // Somebody else created it in the meantime: raise theirs.
    }
  }

  /** The plan's tasks are staged after this: each can be found, and the spec that it names is there. */
  async #begun(name: string, begun: number, spec: ConnectorSpec, tasks: number): Promise<number> {
    const keys = furtherKeys(tasks);
    const generation = keys > 0 ? await this.#spread(name, begun, keys) : begun;
    await this.#specs.put(name, generation, spec);
    return generation;
  }

  /** Tasks that nobody could find until now may have been left over, too. Returns the plan's number, which is higher then. */
  async #spread(name: string, begun: number, keys: number): Promise<number> {
    const before = await this.#tasks.spreadOver(name);
    const newest = before >= keys ? 0 : await this.#tasks.newestPlan(name, { from: before, to: keys });
    const generation = Math.max(begun, newest + 1);
    if (generation > begun) {
      // A newer plan that was started meanwhile makes every write of this one fail.
      const update = { update: 'SET #lastGeneration = :generation', condition: '#lastGeneration = :begun', values: { generation, begun } };
      const raised = await this.#table.update(connectorKey(name), update, 'none');
      if (!raised.written) return begun;
    }
    await this.#tasks.spread(name, generation, Math.max(before, keys));
    return generation;
  }

  async forgetPlans(name: string, generation: number, { generations, tasks }: LeftByPlan): Promise<void> {
    // Another plan is in force by now, or the name is another connector's.
    if ((await this.#table.get(connectorKey(name)))?.generation !== generation) return;
    await this.#specs.forget(name, generation, generations);
    if (furtherKeys(tasks) === 0 && (await this.#tasks.spreadOver(name)) > 0) await this.#tasks.gather(name, generation);
  }

  async extendPlan(name: string, generation: number, until: number): Promise<void> {
    const result = await this.#table.update(
      connectorKey(name),
      {
        update: 'SET #planUntil = :until',
        condition: all(NO_NEWER_PLAN_STARTED, NOT_BEING_DELETED, PLANNER_AT_WORK),
        values: { generation, until, now: this.#now() },
      },
      'none',
    );
    if (!result.written) throw superseded(`connector ${name}`, generation, 'a newer plan or a delete was started, or its time ran out');
  }

  /**
   * A flip whose answer was lost may still be on its way: once a newer generation is started, it fails. So may a fence: runs take back what
   * it holds, because the planner counts as dead.
   */
  async giveUpPlan(name: string, generation: number): Promise<'given-up' | 'in-force'> {
    const result = await this.#table.update(connectorKey(name), {
      update: 'SET #lastGeneration = #lastGeneration + :one, #planUntil = :none',
      condition: all(NO_NEWER_PLAN_STARTED, NOT_YET_IN_FORCE),
      values: { generation, one: 1, none: 0 },
    });
    return !result.written && result.item?.generation === generation ? 'in-force' : 'given-up';
  }

  async flip(name: string, plan: Plan): Promise<ConnectorItem> {
    const left = plan.until - this.#now();
    const result =
      left > 0
        ? await this.#table.update(
            connectorKey(name),
            {
              update: `SET #generation = :generation, #spec = :spec, #tasks = :tasks, #plannedAt = :now${plan.given === undefined ? '' : ', #given = :given'}`,
              condition: all(NO_NEWER_PLAN_STARTED, NOT_YET_IN_FORCE, NOT_BEING_DELETED, PLANNER_AT_WORK),
              values: {
                ...{ generation: plan.generation, spec: plan.spec, tasks: plan.tasks, now: this.#now() },
                ...(plan.given !== undefined && { given: plan.given }),
              },
            },
            'whole',
            // After that the tasks are free to run on: the plan would take effect on positions that have moved.
            Math.min(left, OPERATION_TIMEOUT_MS),
          )
        : { written: false as const, item: await this.#table.get(connectorKey(name)) };
    if (result.item === undefined) throw noConnector(name, false);
    const item = toConnectorItem(result.item);
    // True as well when an earlier attempt flipped and its answer was lost.
    if (item.generation === plan.generation) return item;
    const newer = item.lastGeneration > plan.generation || item.deleting === true;
    throw superseded(`connector ${name}`, plan.generation, newer ? 'a newer plan or a delete was started' : 'its time ran out');
  }

  /** Marks the connector as being deleted. It also raises the generation, so that a plan that is under way fails. */
  async beginDelete(name: string): Promise<void> {
    const result = await this.#table.update(connectorKey(name), {
      update: 'SET #deleting = :true, #lastGeneration = #lastGeneration + :one',
      condition: EXISTS,
      values: { true: true, one: 1 },
    });
    if (!result.written) throw noConnector(name, false);
  }

  /**
   * Deletes the items. The connector's own item goes last, so that a delete that dies can be found and repeated. Run items expire by
   * themselves: deleting a busy month of them would take an hour.
   */
  async delete(name: string): Promise<void> {
    await this.#table.clear(keptOf(name));
    await this.#table.clear(lettersOf(name));
    await this.#table.clear(parkedOf(name));
    await this.#tasks.clear(name);
    await this.#specs.clear(name);
    const result = await this.#table.delete(connectorKey(name), { condition: BEING_DELETED });
    if (!result.written && result.item !== undefined) {
      throw new ConnectError('PLAN_SUPERSEDED', `connector ${name} is not being deleted`, { remedy: 'begin the delete again' });
    }
  }
}
