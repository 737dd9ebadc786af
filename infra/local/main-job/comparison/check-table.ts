import { number } from '../../../../src/cli/render/numbers.ts';
import { contentOf, messageToRecord } from '../../../../src/rocketmq/record-mapping.ts';
import type { StoredMessage } from '../../../../src/rocketmq/stored-message.ts';
import type { CheckRun, Verdict } from './source.ts';

/** The number of rows that changed since the copy started, by the kind of change. */
export interface ChangeCounts {
  readonly created: number;
  readonly updated: number;
  readonly deleted: number;
}

export interface ExpectedTable {
  /** Yields the table as it is now, in chunks: the id of a row, and the row as JSON. */
  rows(): AsyncIterable<ReadonlyArray<readonly [id: number, json: string]>>;
}

const PROBLEMS_SHOWN = 5;

/**
 * Folds the messages of each key in their order, as a consumer would, and compares the result with the table. It also compares the changes
 * among the messages with the changes that were made. The check passes if both are exactly the same and each key has one queue.
 */
export async function checkTable(table: ExpectedTable, made: ChangeCounts, { rocketmq, topic, onProgress }: CheckRun): Promise<Verdict> {
  const fold = new Fold();
  const queues = (await rocketmq.topicStats(topic)) ?? [];
  await Promise.all(
    queues.map(async ({ queue, max }) => {
      for await (const messages of rocketmq.readQueue(topic, queue, { to: max })) for (const message of messages) fold.take(message);
    }),
  );
  let rows = 0;
  for await (const chunk of table.rows()) {
    for (const [id, json] of chunk) fold.compare(id, json);
    rows += chunk.length;
    onProgress(rows);
  }
  return fold.verdict(rows, made);
}

interface Folded {
  readonly queue: number;
  /** Undefined if the row is deleted. */
  readonly json: string | undefined;
}

class Fold {
  readonly #rows = new Map<number, Folded>();
  readonly #seen = new Set<string>();
  readonly #counts = { r: 0, c: 0, u: 0, d: 0, tombstones: 0 };
  readonly #problems: string[] = [];
  #repeats = 0;

  take({ queue, offset, body, properties }: StoredMessage): void {
    const { sourceKey, key, value } = messageToRecord(contentOf(body, properties));
    const where = `queue ${queue} offset ${offset}`;
    if (sourceKey === undefined || key === null) {
      this.#problem(`${where}: this is not a record of this connector, or it has no key`);
      return;
    }
    const { id } = JSON.parse(key.toString()) as { id: number };
    const repeated = this.#seen.has(sourceKey);
    this.#seen.add(sourceKey);
    if (repeated) this.#repeats += 1;
    const before = this.#rows.get(id);
    if (before !== undefined && before.queue !== queue) this.#problem(`${where}: row ${id} was in queue ${before.queue} before`);
    if (value === null) {
      if (!repeated) this.#counts.tombstones += 1;
      this.#rows.set(id, { queue, json: undefined });
      return;
    }
    const { op, after } = JSON.parse(value.toString()) as { op: 'r' | 'c' | 'u' | 'd'; after: object | null };
    if (!repeated) this.#counts[op] += 1;
    this.#rows.set(id, { queue, json: after === null ? undefined : JSON.stringify(after) });
  }

  /** Compares the row and removes it. */
  compare(id: number, json: string): void {
    const folded = this.#rows.get(id)?.json;
    this.#rows.delete(id);
    if (folded === undefined) this.#problem(`row ${id} of the table is not in RocketMQ, or is deleted there`);
    else if (folded !== json) this.#problem(`row ${id} is ${json} in the table and ${folded} in RocketMQ`);
  }

  verdict(rows: number, made: ChangeCounts): Verdict {
    for (const [id, { json }] of this.#rows) if (json !== undefined) this.#problem(`row ${id} is in RocketMQ, but no longer in the table`);
    const { r, c, u, d, tombstones } = this.#counts;
    const changes = { created: c, updated: u, deleted: d };
    for (const kind of ['created', 'updated', 'deleted'] as const)
      if (changes[kind] !== made[kind])
        this.#problem(`${number(changes[kind])} rows ${kind} in RocketMQ, ${number(made[kind])} in the table`);
    if (tombstones !== d) this.#problem(`${number(tombstones)} tombstones for ${number(d)} deletions`);
    if (r === 0) this.#problem('no row came from a snapshot');
    const came = `${number(r)} rows from the snapshot, ${number(c + u + d)} changes from the log`;
    const kinds = `${number(c)} created, ${number(u)} updated, ${number(d)} deleted`;
    const again = `${number(this.#repeats)} repeats`;
    if (this.#problems.length === 0) {
      const text = `Check passed: the messages of each key, folded in their order, are the table's ${number(rows)} rows, value by value.\n${came} (${kinds}), exactly the changes that were made; ${again}.`;
      return { holds: true, text };
    }
    const shown = this.#problems.slice(0, PROBLEMS_SHOWN).map((problem) => `\n  ${problem}`);
    return {
      holds: false,
      text: `Check FAILED: ${number(this.#problems.length)} differences; ${came} (${kinds}); ${again}.${shown.join('')}`,
    };
  }

  #problem(text: string): void {
    this.#problems.push(text);
  }
}
