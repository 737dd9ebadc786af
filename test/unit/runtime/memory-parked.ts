import type { ParkedStore } from '../../../src/runtime/dead-letters/parked-letters.ts';
import type { ParkedKeys, TaskItem } from '../../../src/store/store.ts';

/** As the table has them. */
export class MemoryParked implements ParkedStore {
  readonly items = new Map<string, ParkedKeys>();
  tasks: TaskItem[] = [];
  /** Called before and after each write. */
  step: () => void = () => {};

  async parkedKeys(): Promise<ParkedKeys[]> {
    return [...this.items.values()];
  }

  async takeParkedKeys(connector: string, queue: string): Promise<ParkedKeys> {
    const known = this.items.get(queue) ?? { connector, queue, keys: new Map(), version: 0 };
    const taken = { ...known, version: known.version + 1 };
    this.items.set(queue, taken);
    return taken;
  }

  async putParkedKeys(parked: ParkedKeys): Promise<ParkedKeys | undefined> {
    this.step();
    if (this.items.get(parked.queue)?.version !== parked.version) return undefined;
    const stored = { ...parked, version: parked.version + 1 };
    this.items.set(parked.queue, stored);
    this.step();
    return stored;
  }

  async listTasks(): Promise<TaskItem[]> {
    return this.tasks;
  }
}
