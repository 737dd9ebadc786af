import { ConnectError } from '../../../api/index.ts';
import { qualifiedName, type TableName } from '../tables/table-name.ts';
import { type Queries, type TargetTable, targetTable } from './target-table.ts';

/** Definitions of the tables that a task writes, each read once, until somebody may have changed one. */
export class TargetTables {
  readonly #keepsPositions: boolean;
  #tables = new Map<string, Promise<TargetTable>>();
  /** Those of them that are read. */
  #known = new Map<string, TargetTable>();

  /** `keepsPositions`: in the transactions of the rows, so that tables have to know transactions. */
  constructor(keepsPositions: boolean) {
    this.#keepsPositions = keepsPositions;
  }

  /** What `get` resolves with, where the definition is read already: each record asks. */
  known({ database, table }: TableName): TargetTable | undefined {
    return this.#known.get(qualifiedName(database, table));
  }

  /** Throws NOT_FOUND, or WRONG_KIND for what is no table or knows no transactions. */
  get(server: Queries, target: TableName): Promise<TargetTable> {
    const tables = this.#tables;
    const read = this.#known;
    const name = qualifiedName(target.database, target.table);
    const known = tables.get(name);
    if (known !== undefined) return known;
    const reading = this.#read(server, target);
    tables.set(name, reading);
    reading.then(
      (definition) => read.set(name, definition),
      () => tables.delete(name),
    );
    return reading;
  }

  /** What is being read now is not kept either. */
  forget(): void {
    this.#tables = new Map();
    this.#known = new Map();
  }

  async #read(server: Queries, target: TableName): Promise<TargetTable> {
    const table = await targetTable(server, target);
    if (table.isTransactional || !this.#keepsPositions) return table;
    throw new ConnectError('WRONG_KIND', `the engine of table ${table.name} knows no transactions, which exactly-once needs`, {
      remedy: `ALTER TABLE ${table.name} ENGINE = InnoDB, or set sink.delivery to at-least-once`,
    });
  }
}
