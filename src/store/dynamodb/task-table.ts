import type { TaskRef } from '../store.ts';
import type { Expressions } from './expression.ts';
import { furtherTasksOf, spreadKey, taskKey, tasksOf } from './keys.ts';
import { SHORT_NAMES, withLongNames, withShortNames } from './short-names.ts';
import type { Attributes, Table, Written } from './table.ts';

/** How task items are read: see `Table.query`. */
interface ListOptions {
  readonly consistent?: boolean;
  /** Paths of the attributes that are wanted, such as `planned.taskConfig`. */
  readonly only?: readonly string[];
}

/**
 * The task items of the table. They have short names there. The tasks of a large connector are spread over several partition keys, because one
 * takes no more than 1,000 write units a second. An item beside the first tasks, `spread`, says how many keys have others, so a list of a small
 * connector is one query.
 */
export class TaskTable {
  readonly #table: Table;

  constructor(table: Table) {
    this.#table = table;
  }

  async update(ref: TaskRef, expressions: Expressions, returned?: 'whole' | 'changed' | 'none'): Promise<Written> {
    return withNames(await this.#table.update(taskKey(ref), stored(expressions), returned));
  }

  async delete(ref: TaskRef, expressions?: Expressions): Promise<Written> {
    return withNames(await this.#table.delete(taskKey(ref), expressions && stored(expressions)));
  }

  /** Lists them in the order of their numbers. */
  async list(connector: string, { consistent = true, only }: ListOptions = {}): Promise<Attributes[]> {
    const paths = only && [...only.map((path) => path.split('.').map(short).join('.')), 'keys'];
    const read = (pk: string) => this.#table.list(pk, (item) => item, { consistent, ...(paths !== undefined && { only: paths }) });
    const first = await read(tasksOf(connector));
    const { sk: mark } = spreadKey(connector);
    const tasks = first.filter(({ sk }) => sk !== mark);
    const { keys = 0 } = (first.find(({ sk }) => sk === mark) ?? {}) as { keys?: number };
    if (keys > 0) {
      const further = await Promise.all(furtherOf(connector, 0, keys).map(read));
      tasks.push(...further.flat().sort((a, b) => ((a.sk as string) < (b.sk as string) ? -1 : 1)));
    }
    return tasks.map((item) => withLongNames(item) as Attributes);
  }

  /** Returns how many keys may have tasks of the connector besides that of the first ones. */
  async spreadOver(connector: string): Promise<number> {
    const { keys = 0 } = ((await this.#table.get(spreadKey(connector))) ?? {}) as { keys?: number };
    return keys;
  }

  /** Says that plan `generation` has tasks under so many further keys, before one of them is made. It does nothing where a newer plan did. */
  async spread(connector: string, generation: number, keys: number): Promise<void> {
    const condition = 'attribute_not_exists(#generation) OR #generation < :generation';
    await this.#table.update(
      spreadKey(connector),
      { update: 'SET #generation = :generation, #keys = :keys', condition, values: { generation, keys } },
      'none',
    );
  }

  /** Takes that back, unless a plan since `generation` has said it. It may be called once there are only first tasks left. */
  async gather(connector: string, generation: number): Promise<void> {
    await this.#table.delete(spreadKey(connector), { condition: '#generation < :generation', values: { generation } });
  }

  /** Finds the newest plan that touched one of the tasks; 0 for none. With `further` of those under these further keys. */
  async newestPlan(connector: string, further?: { readonly from: number; readonly to: number }): Promise<number> {
    const keys = further === undefined ? [tasksOf(connector)] : furtherOf(connector, further.from, further.to);
    const plans = await Promise.all(keys.map((pk) => this.#table.list(pk, ({ [short('plan')]: plan = 0 }) => plan as number)));
    return plans.flat().reduce((newest, plan) => Math.max(newest, plan), 0);
  }

  /** Deletes all. The first ones go last, with what says that there are others: it may be called again after a throw. */
  async clear(connector: string): Promise<void> {
    for (const pk of furtherOf(connector, 0, await this.spreadOver(connector))) await this.#table.clear(pk);
    await this.#table.clear(tasksOf(connector));
  }
}

const furtherOf = (connector: string, from: number, to: number): string[] =>
  Array.from({ length: to - from }, (_, index) => furtherTasksOf(connector, from + index));

const short = (name: string): string => SHORT_NAMES[name] ?? name;

function stored({ values = {}, names, ...expressions }: Expressions): Expressions {
  const short = Object.entries(values).map(([name, value]) => [name, withShortNames(value)]);
  return { ...expressions, values: Object.fromEntries(short), names: { ...SHORT_NAMES, ...names } };
}

const withNames = (written: Written): Written =>
  written.item === undefined ? written : { ...written, item: withLongNames(written.item) as Attributes };
