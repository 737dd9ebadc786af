import { StackError } from '../../install/stack-error.ts';
import type { MysqlAdmin } from '../../mysql-admin.ts';
import type { Dataset, DatasetMessage } from '../flights/dataset.ts';

const DATABASE = 'vega';
const CHUNK = 10_000;

/** A flight as the table has it, with texts as a query returns them, in UTC. */
interface FlightRow {
  readonly id: number;
  readonly departed_at: string;
  readonly delay: number;
  readonly distance: number;
  /** A text, because mysql2 rounds such numbers. */
  readonly hour: string | null;
  readonly origin: string | null;
  readonly destination: string | null;
  readonly changed_at: string | null;
}

/** A data set of flights as a table, with a primary key and a type for each column. */
export class FlightTable {
  readonly admin: MysqlAdmin;
  readonly database = DATABASE;
  /** `database.table` */
  readonly name: string;

  /** `name` is the name of the data set, such as `flights-200k`. */
  constructor(admin: MysqlAdmin, name: string) {
    this.admin = admin;
    this.name = `${DATABASE}.${name.replaceAll('-', '_')}`;
  }

  /**
   * Fills the table, once, and continues if an earlier load stopped. Returns how many rows it added. `changed` says that the table is full
   * and has changed since. It returns early if the signal is aborted.
   */
  async load(dataset: Dataset, changed: boolean, signal: AbortSignal, onProgress: (rows: number) => void): Promise<number> {
    if (changed) return 0;
    await this.create();
    const present = await this.#count();
    if (present > dataset.rows) {
      const remedy = 'drop that table, or start with an empty folder: STACK_DIR=DIR npm start -- --source mysql';
      throw new StackError(`table ${this.name} has ${present} rows where data set ${dataset.name} has ${dataset.rows}`, remedy);
    }
    let seen = 0;
    for await (const chunk of dataset.messages()) {
      if (signal.aborted) break;
      const missing = chunk.slice(Math.max(0, present - seen));
      seen += chunk.length;
      if (missing.length === 0) continue;
      await this.admin.run(`INSERT INTO ${this.name} VALUES ?`, [missing.map(valuesOf)]);
      onProgress(seen);
    }
    // Otherwise the server guesses the number of rows.
    await this.admin.run(`ANALYZE TABLE ${this.name}`);
    return Math.max(0, seen - present);
  }

  /** Yields all rows by id, in chunks: the id, and the row as JSON in Debezium's envelope. */
  async *rows(): AsyncGenerator<ReadonlyArray<readonly [id: number, json: string]>> {
    for (let last = -1; ; ) {
      const rows = await this.admin.rows<FlightRow>(
        `SELECT *, CONCAT(hour) AS hour FROM ${this.name} WHERE id > ? ORDER BY id LIMIT ${CHUNK}`,
        [last],
      );
      if (rows.length === 0) return;
      yield rows.map((row) => [row.id, JSON.stringify(expectedOf(row))] as const);
      last = rows.at(-1)?.id as number;
    }
  }

  /** The place for a copy of this table. */
  get copy(): FlightTable {
    return new FlightTable(this.admin, `${this.name.slice(DATABASE.length + 1)}_copy`);
  }

  /** Makes the table if there is none. */
  async create(): Promise<void> {
    await this.admin.run(
      `CREATE DATABASE IF NOT EXISTS ${DATABASE} CHARACTER SET utf8mb4;
       CREATE TABLE IF NOT EXISTS ${this.name} (id INT UNSIGNED PRIMARY KEY, departed_at DATETIME(3) NOT NULL, delay SMALLINT NOT NULL,
         distance SMALLINT UNSIGNED NOT NULL, hour DOUBLE, origin CHAR(3), destination CHAR(3), changed_at TIMESTAMP(6) NULL)`,
    );
  }

  async #count(): Promise<number> {
    const [row] = await this.admin.rows<{ rows: number }>(`SELECT COUNT(*) AS \`rows\` FROM ${this.name}`);
    return row?.rows ?? 0;
  }
}

function valuesOf({ row, value, timestamp }: DatasetMessage): unknown[] {
  const { delay, distance, time = null, origin = null, destination = null } = JSON.parse(value.toString());
  return [row, textOf(timestamp), delay, distance, time, origin, destination, null];
}

const textOf = (timestamp: number): string => new Date(timestamp).toISOString().replace('T', ' ').replace('Z', '');

const expectedOf = ({ departed_at, changed_at, ...row }: FlightRow) => ({
  id: row.id,
  departed_at: Date.parse(`${departed_at.replace(' ', 'T')}Z`),
  delay: row.delay,
  distance: row.distance,
  hour: row.hour === null ? null : Number(row.hour),
  origin: row.origin,
  destination: row.destination,
  changed_at: changed_at === null ? null : `${changed_at.replace(' ', 'T')}Z`,
});
