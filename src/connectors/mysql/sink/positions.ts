import { ConnectError, type Position } from '../../../api/index.ts';
import { qualifiedName, quoteName, type TableName } from '../tables/table-name.ts';
import type { WriteConnection } from './write-connections.ts';
import { errorNumber } from './write-errors.ts';

const NO_TABLE = 1146;
const DUPLICATE = 1062;

/** Where a queue is, as the table has it. */
interface StoredPosition {
  /** Empty before the first write. */
  readonly position: string;
  readonly epoch: number | string;
}

/** The statement that makes the table. */
export const createPositions = ({ database, table }: TableName): string =>
  `CREATE TABLE ${quoteName(database, table)} (connector VARCHAR(128) NOT NULL, partition_name VARCHAR(512) NOT NULL, position VARCHAR(128) NOT NULL, epoch BIGINT NOT NULL, PRIMARY KEY (connector, partition_name)) ENGINE = InnoDB CHARACTER SET ascii COLLATE ascii_bin`;

const OWN = 'connector = ? AND partition_name = ?';

/**
 * Positions of queues in a table of the target, each moved in the transaction of the rows before it. Each run raises a queue's epoch before
 * it writes: what is left of an older run finds another one there, and rolls back.
 */
export class StoredPositions {
  readonly #table: TableName;
  readonly #path: string;
  readonly #name: string;
  readonly #connector: string;
  readonly #known = new Map<string, StoredPosition>();

  constructor(table: TableName, connector: string) {
    this.#table = table;
    this.#path = quoteName(table.database, table.table);
    this.#name = qualifiedName(table.database, table.table);
    this.#connector = connector;
  }

  /**
   * Takes the queues over, and returns where they are; those are absent of which nothing is written yet. `epoch`: of this run. A queue that
   * another task had has one of another count, which may be larger.
   */
  async take(connection: WriteConnection, partitions: readonly string[], epoch: number): Promise<ReadonlyMap<string, Position>> {
    await connection.run('START TRANSACTION');
    for (const partition of partitions.toSorted()) {
      const [stored] = await this.#read(connection, partition, ' FOR UPDATE').catch((error) => {
        throw errorNumber(error) === NO_TABLE ? this.#missing() : error;
      });
      const next = stored === undefined ? epoch : Math.max(epoch, Number(stored.epoch) + 1);
      const key = [this.#connector, partition];
      if (stored === undefined) {
        const insert = `INSERT INTO ${this.#path} (connector, partition_name, position, epoch) VALUES (?, ?, '', ?)`;
        await connection.run(insert, [...key, next]).catch((error) => {
          throw errorNumber(error) === DUPLICATE ? this.#lost(partition) : error;
        });
      } else await connection.run(`UPDATE ${this.#path} SET epoch = ? WHERE ${OWN}`, [next, ...key]);
      this.#known.set(partition, { position: stored?.position ?? '', epoch: next });
    }
    await connection.run('COMMIT');
    return new Map(
      [...this.#known].filter(([, { position }]) => position !== '').map(([partition, { position }]) => [partition, position]),
    );
  }

  /**
   * Moves a queue's position within a transaction. Resolves with false where it is there already: a commit whose answer was lost. Throws
   * LEASE_LOST where a later run has taken the queue over.
   */
  async move(connection: WriteConnection, partition: string, position: Position): Promise<boolean> {
    const known = this.#known.get(partition);
    if (known === undefined) throw new ConnectError('INTERNAL', `the task does not have queue ${partition}`);
    if (known.position === position) return false;
    const moved = await connection.run(`UPDATE ${this.#path} SET position = ? WHERE ${OWN} AND epoch = ? AND position = ?`, [
      ...[position, this.#connector, partition, known.epoch, known.position],
    ]);
    if (moved === 1) return true;
    const [stored] = await this.#read(connection, partition, '');
    if (stored !== undefined && Number(stored.epoch) === Number(known.epoch) && stored.position === position) return false;
    throw this.#lost(partition);
  }

  /** The transaction that moved it is committed. */
  moved(partition: string, position: Position): void {
    const known = this.#known.get(partition) as StoredPosition;
    this.#known.set(partition, { ...known, position });
  }

  #read(connection: WriteConnection, partition: string, lock: string): Promise<StoredPosition[]> {
    return connection.query<StoredPosition>(`SELECT position, epoch FROM ${this.#path} WHERE ${OWN}${lock}`, [this.#connector, partition]);
  }

  #missing(): ConnectError {
    return new ConnectError('NOT_FOUND', `table ${this.#name}, which keeps positions, does not exist`, {
      remedy: `create it: ${createPositions(this.#table)}`,
    });
  }

  #lost(partition: string): ConnectError {
    const message = `queue ${partition} was taken over by another run, as ${this.#name} says`;
    const remedy = 'wait for that run; where other deployments have a connector of this name, give each a table by sink.positionsTable';
    return new ConnectError('LEASE_LOST', message, { retriable: true, remedy });
  }
}
