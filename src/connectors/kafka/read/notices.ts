import type { KafkaClient } from '../protocol/client.ts';
import type { Gap } from '../protocol/records/scan-batches.ts';
import type { PartitionReader } from './partition-reader.ts';

/** So many gaps of one partition are told in a run. */
const TOLD = 3;

/**
 * Says where a partition has offsets without records, of a topic that nothing is taken out of: its leader skips what it can't read.
 * A topic that is compacted has such gaps, and so may one whose policy may not be seen: nothing is said of these.
 */
export class GapNotices {
  readonly #client: Pick<KafkaClient, 'isCompacted'>;
  readonly #compacted = new Map<string, Promise<boolean>>();
  readonly #told = new Map<string, number>();
  readonly #looking = new Set<Promise<void>>();
  #notices: string[] = [];

  constructor(client: Pick<KafkaClient, 'isCompacted'>) {
    this.#client = client;
  }

  /** Takes in what an answer left out. */
  add({ name, topic, gaps }: Pick<PartitionReader, 'name' | 'topic' | 'gaps'>): void {
    if (gaps.length === 0 || (this.#told.get(name) ?? 0) >= TOLD) return;
    const looking = this.#look(name, topic, gaps).finally(() => this.#looking.delete(looking));
    this.#looking.add(looking);
  }

  /** Whether `settled` would wait. */
  get pending(): boolean {
    return this.#looking.size > 0;
  }

  /** Resolves when all that was taken in has been looked into; never rejects. */
  async settled(): Promise<void> {
    await Promise.all(this.#looking);
  }

  /** Those that were not taken yet, a sentence each. */
  take(): string[] {
    const notices = this.#notices;
    if (notices.length > 0) this.#notices = [];
    return notices;
  }

  async #look(name: string, topic: string, gaps: readonly Gap[]): Promise<void> {
    // A task that may not or can't ask this now can still copy.
    const compacted = this.#compacted.get(topic) ?? this.#client.isCompacted(topic).catch(() => true);
    this.#compacted.set(topic, compacted);
    if (await compacted) return;
    const told = this.#told.get(name) ?? 0;
    this.#told.set(name, told + gaps.length);
    for (const { from, to } of gaps.slice(0, Math.max(0, TOLD - told))) {
      this.#notices.push(
        `partition ${name}: its leader has nothing for ${to - from} offsets from ${from} on, though topic ${topic} is not compacted: if it lost them, another replica may still have them`,
      );
    }
  }
}

/** So many partitions are named. */
const NAMED = 5;

/** A sentence about records that are stored and can't be seen yet, for a run that reads committed records only. */
export function heldBackNotices(readers: readonly PartitionReader[]): string[] {
  const waiting = readers.filter(({ heldBack }) => heldBack > 0);
  if (waiting.length === 0) return [];
  const named = waiting.slice(0, NAMED).map(({ name, currentEnd, heldBack }) => `${name} (${heldBack} offsets from ${currentEnd} on)`);
  const more = waiting.length > NAMED ? ` and ${waiting.length - NAMED} more partitions` : '';
  return [`records wait behind a transaction that is open: ${named.join(', ')}${more}; they are copied once it has ended`];
}
