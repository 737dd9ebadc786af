import type { Connection } from 'mysql2/promise';

interface VersionedRow {
  readonly id: number;
  readonly version: number;
}

export interface VersionedChange {
  readonly op: string;
  readonly before: unknown;
  readonly after: unknown;
}

/** One statement has at most this many rows. */
const MOST = 1_000;

/** A table whose rows count their own changes, so that a row and its version identify each change. */
export class VersionedTable {
  readonly name = 'versioned';
  readonly #connection: Connection;
  /** Holds the last version of each row in the table. */
  readonly #versions = new Map<number, number>();
  /**
   * Holds all changes, as `nameOf` names them. The connector reads rows from before its start as they are, so they are only missing if they
   * never come.
   */
  readonly #expected = new Set<string>();
  #nextId = 1;

  private constructor(connection: Connection) {
    this.#connection = connection;
  }

  static async create(connection: Connection): Promise<VersionedTable> {
    const table = new VersionedTable(connection);
    await connection.query(`CREATE TABLE ${table.name} (id INT PRIMARY KEY, version INT NOT NULL, text VARCHAR(100))`);
    return table;
  }

  /** Inserts rows that need not be in any log. */
  async insert(count: number): Promise<void> {
    for (let left = count; left > 0; left -= MOST) await this.#insert(Math.min(left, MOST));
    this.#expected.clear();
  }

  /**
   * Makes changes in transactions of one to some thousand rows. Three fifths are insertions, the others are updates and deletions of random
   * rows.
   */
  async change(count: number): Promise<void> {
    for (const end = this.#expected.size + count; this.#expected.size < end; ) {
      const transaction = Math.random() < 0.5;
      if (transaction) await this.#connection.query('START TRANSACTION');
      for (let statements = transaction ? 5 : 1; statements > 0 && this.#expected.size < end; statements -= 1)
        await this.#changeSome(Math.min(end - this.#expected.size, 1 + Math.floor(Math.random() * MOST)));
      if (transaction) await this.#connection.query('COMMIT');
    }
  }

  /** Returns the number of changes that did not arrive, and of those that arrived more than once. */
  compare(arrived: readonly VersionedChange[]): { readonly missing: number; readonly repeated: number } {
    const seen = new Set(arrived.map(nameOf));
    const missing = [...this.#expected].filter((name) => !seen.has(name)).length;
    return { missing, repeated: arrived.length - seen.size };
  }

  /** Returns the number of rows, by key, that differ between the table and its folded messages. */
  async differences(folded: Readonly<Record<string, unknown>>): Promise<number> {
    const copied = new Map((Object.values(folded) as VersionedRow[]).map(({ id, version }) => [id, version]));
    const [rows] = await this.#connection.query(`SELECT id, version FROM ${this.name}`);
    const there = new Map((rows as VersionedRow[]).map(({ id, version }) => [id, version]));
    return [...new Set([...copied.keys(), ...there.keys()])].filter((id) => copied.get(id) !== there.get(id)).length;
  }

  async #changeSome(count: number): Promise<void> {
    const kind = this.#versions.size < count ? 0 : Math.random();
    if (kind < 0.6) return this.#insert(count);
    const ids = [...this.#versions.keys()];
    const from = Math.floor(Math.random() * (ids.length - count + 1));
    const chosen = ids.slice(from, from + count);
    if (kind < 0.85) {
      await this.#connection.query(`UPDATE ${this.name} SET version = version + 1 WHERE id IN (${chosen})`);
      for (const id of chosen) this.#expect('u', id, (this.#versions.get(id) as number) + 1);
      return;
    }
    await this.#connection.query(`DELETE FROM ${this.name} WHERE id IN (${chosen})`);
    for (const id of chosen) {
      this.#expect('d', id, this.#versions.get(id) as number);
      this.#versions.delete(id);
    }
  }

  async #insert(count: number): Promise<void> {
    const ids = Array.from({ length: count }, (_, index) => this.#nextId + index);
    this.#nextId += count;
    await this.#connection.query(`INSERT INTO ${this.name} VALUES ${ids.map((id) => `(${id}, 1, REPEAT('x', 80))`)}`);
    for (const id of ids) this.#expect('c', id, 1);
  }

  #expect(op: string, id: number, version: number): void {
    this.#expected.add(`${op} ${id} ${version}`);
    this.#versions.set(id, version);
  }
}

/** Returns a name such as `u 17 3`: row 17 became version 3. The name of a deletion has the last version of the row. */
function nameOf({ op, before, after }: VersionedChange): string {
  const { id, version } = (after ?? before) as VersionedRow;
  return `${op} ${id} ${version}`;
}
