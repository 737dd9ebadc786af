import type { ConnectorItem } from '../store.ts';
import { toConnectorItem } from './codec.ts';
import { CONNECTORS, connectorKey } from './keys.ts';
import type { Table } from './table.ts';

/** Reads of connector items. */
export class ConnectorReads {
  readonly #table: Table;

  constructor(table: Table) {
    this.#table = table;
  }

  async get(name: string): Promise<ConnectorItem | undefined> {
    const item = await this.#table.get(connectorKey(name));
    return item && toConnectorItem(item);
  }

  /** As it was a moment ago. */
  async glance(name: string): Promise<ConnectorItem | undefined> {
    const item = await this.#table.get(connectorKey(name), { consistent: false });
    return item && toConnectorItem(item);
  }

  list(): Promise<ConnectorItem[]> {
    return this.#table.list(CONNECTORS, toConnectorItem);
  }
}
