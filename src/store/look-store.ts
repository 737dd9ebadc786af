import type { ConnectorItem, TaskToWatch } from './items.ts';

/** One look at a connector. It writes nothing. */
export interface LookStore {
  /**
   * Reads the connector and its tasks for a look, perhaps as they were a moment ago, at half the price of other reads. One request for the
   * connector, and one for each MiB of task items.
   */
  watch(name: string): Promise<{ readonly connector?: ConnectorItem; readonly tasks: readonly TaskToWatch[] }>;
}
