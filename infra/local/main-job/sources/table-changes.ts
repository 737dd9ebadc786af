import type { ResultSetHeader } from 'mysql2/promise';
import type { ChangeCounts } from '../comparison/check-table.ts';
import type { FlightTable } from './flight-table.ts';

const MAX_STATEMENTS = 40;
/** One statement sometimes changes this many rows. */
const MANY = 300;

/**
 * Changes rows of a table, in transactions of one to some hundred rows, and counts them in a second table. So every counted change was
 * committed, however the process ended.
 */
export class TableChanges {
  readonly #table: FlightTable;
  readonly #rows: number;
  readonly #counts: string;

  /** `rows` is the number of rows that the table had, with ids from 0. */
  constructor(table: FlightTable, rows: number) {
    this.#table = table;
    this.#rows = rows;
    this.#counts = `${table.name}_changes`;
  }

  async counts(): Promise<ChangeCounts> {
    const [row] = await this.#admin
      .rows<ChangeCounts>(`SELECT created, updated, deleted FROM ${this.#counts}`)
      .catch((error: { code?: string }) => (error.code === 'ER_NO_SUCH_TABLE' ? [] : Promise.reject(error)));
    return row ?? { created: 0, updated: 0, deleted: 0 };
  }

  async made(): Promise<number> {
    const { created, updated, deleted } = await this.counts();
    return created + updated + deleted;
  }

  /** Continues until that many changes exist in total, or a few more. It ends after a transaction if the signal is aborted. */
  async make(upTo: number, signal: AbortSignal): Promise<void> {
    await this.#admin.run(
      `CREATE TABLE IF NOT EXISTS ${this.#counts} (id INT PRIMARY KEY, created INT NOT NULL, updated INT NOT NULL, deleted INT NOT NULL);
       INSERT IGNORE INTO ${this.#counts} VALUES (1, 0, 0, 0)`,
    );
    while (!signal.aborted && (await this.made()) < upTo) await this.#transaction();
  }

  async #transaction(): Promise<void> {
    await this.#admin.run('START TRANSACTION');
    const total = { created: 0, updated: 0, deleted: 0 };
    for (let statements = 1 + below(MAX_STATEMENTS); statements > 0; statements -= 1) {
      const [kind, rows] = await this.#change();
      if (kind !== 'moved') total[kind] += rows;
      else {
        // A changed key is a deletion and a creation.
        total.created += rows;
        total.deleted += rows;
      }
    }
    const { created, updated, deleted } = total;
    await this.#admin.run(`UPDATE ${this.#counts} SET created = created + ?, updated = updated + ?, deleted = deleted + ?`, [
      created,
      updated,
      deleted,
    ]);
    await this.#admin.run('COMMIT');
  }

  /** Runs one statement. It does not change deleted rows. */
  async #change(): Promise<readonly [kind: 'created' | 'updated' | 'deleted' | 'moved', rows: number]> {
    const table = this.#table.name;
    const id = below(this.#rows);
    const set = 'SET delay = delay + 1, changed_at = NOW(6)';
    const free = `(SELECT next FROM (SELECT MAX(id) + 1 AS next FROM ${table}) AS ids)`;
    const choice = below(100);
    if (choice < 15) return ['deleted', await this.#run(`DELETE FROM ${table} WHERE id = ?`, id)];
    if (choice < 20) return ['moved', await this.#run(`UPDATE ${table} SET id = ${free} WHERE id = ?`, id)];
    if (choice < 40) {
      const copy = `SELECT ${free}, departed_at, delay, distance, hour, origin, destination, NOW(6) FROM ${table} WHERE id = ?`;
      return ['created', await this.#run(`INSERT INTO ${table} ${copy}`, id)];
    }
    if (choice < 99) return ['updated', await this.#run(`UPDATE ${table} ${set} WHERE id = ?`, id)];
    return ['updated', await this.#run(`UPDATE ${table} ${set} WHERE id >= ? LIMIT ${MANY}`, id)];
  }

  async #run(sql: string, id: number): Promise<number> {
    const [{ affectedRows }] = await (await this.#admin.connection()).query<ResultSetHeader>(sql, [id]);
    return affectedRows;
  }

  get #admin() {
    return this.#table.admin;
  }
}

const below = (limit: number): number => Math.floor(Math.random() * limit);
