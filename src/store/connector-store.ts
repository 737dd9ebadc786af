import type { ConnectorItem, DesiredState, GivenConfig } from './items.ts';

/** Connectors, and what is noted about each. */
export interface ConnectorStore {
  getConnector(name: string): Promise<ConnectorItem | undefined>;
  listConnectors(): Promise<ConnectorItem[]>;
  setDesired(name: string, desired: DesiredState): Promise<ConnectorItem>;
  /**
   * Sets `desiredAt` of a connector that is RUNNING to now. A process elsewhere that runs the connector sees the change, and starts the tasks.
   * This does nothing where the connector is not RUNNING.
   */
  noteStart(name: string): Promise<void>;
  /**
   * Keeps the text that the spec in force was made from. Returns false, and keeps nothing, where the connector is not as it was read: another
   * plan is in force, its text is another one, or it is gone.
   */
  keepGiven(connector: ConnectorItem, given: GivenConfig): Promise<boolean>;
  /** Replaces `ConnectorItem.waiting`. It does nothing where there is no such connector. */
  noteWaiting(name: string, waiting: Readonly<Record<string, number>>): Promise<void>;
}
