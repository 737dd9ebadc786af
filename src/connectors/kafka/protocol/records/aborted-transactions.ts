import type { RecordBatch } from './record-batch.ts';

/** A transaction that was rolled back, as a fetch response names it: all of the producer's batches from here to its abort marker. */
export interface AbortedTransaction {
  readonly producerId: number;
  readonly firstOffset: number;
}

const ABORT_MARKER = 0;

/**
 * Tells which batches of one fetch response belong to aborted transactions. Batches must be shown in the order of their
 * offsets, each once. A response lists every aborted transaction that overlaps it, also one that began before it or whose
 * marker comes after it, and one producer may abort several times within it.
 */
export class AbortedTransactions {
  /** Not yet begun, by falling first offset. */
  readonly #pending: AbortedTransaction[];
  /** Producers that are inside an aborted transaction. */
  readonly #open = new Set<number>();

  constructor(transactions: readonly AbortedTransaction[]) {
    this.#pending = transactions.toSorted((a, b) => b.firstOffset - a.firstOffset);
  }

  /** Whether the batch's records must not be seen. `marker` is read for control batches only. */
  covers(batch: RecordBatch, marker: () => number): boolean {
    for (let next = this.#pending.at(-1); next !== undefined && next.firstOffset <= batch.lastOffset; next = this.#pending.at(-1)) {
      this.#open.add(next.producerId);
      this.#pending.pop();
    }
    if (!batch.control) return batch.transactional && this.#open.has(batch.producerId);
    if (marker() === ABORT_MARKER) this.#open.delete(batch.producerId);
    return true;
  }
}
