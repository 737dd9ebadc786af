import { setTimeout as sleep } from 'node:timers/promises';
import { type ConnectError, toConnectError } from '../../../api/index.ts';
import { Recovery } from '../protocol/recovery.ts';
import type { PartitionReader } from './partition-reader.ts';

export interface FailingReadersOptions {
  readonly signal: AbortSignal;
  /** How long a failure may last that comes in mid-run. */
  readonly patienceMs: number;
  /** Asks about topics and leaders again; returns what is wrong with a topic, by its name. Throws when nobody can be asked. */
  readonly refresh: () => Promise<ReadonlyMap<string, ConnectError>>;
  /** Whether a partition is still read: what fails of others is nobody's business. */
  readonly isRead: (reader: PartitionReader) => boolean;
  /** Called when some may be asked for again. */
  readonly onReady: () => void;
  /** Called when one has stopped. It may not ask for anything: more than one stop at a time. */
  readonly onStopped: () => void;
}

/** Partitions that can't be fetched just now: each rests a little and is tried again, while its failure may pass. */
export class FailingReaders {
  readonly #options: FailingReadersOptions;
  readonly #recoveries = new Map<PartitionReader, Recovery>();
  readonly #resting = new Set<PartitionReader>();
  #stopped = new Map<PartitionReader, ConnectError>();
  #answered = false;

  constructor(options: FailingReadersOptions) {
    this.#options = options;
  }

  /** Not to be asked for now. One that stopped rests until it is left. */
  isResting(reader: PartitionReader): boolean {
    return this.#resting.has(reader) || this.#stopped.has(reader);
  }

  /** Its leader answered, and all is well with it. */
  recovered(reader: PartitionReader): void {
    this.#answered = true;
    this.#recoveries.delete(reader);
  }

  /** Takes in that an attempt failed. Those whose failure won't pass stop. */
  add(readers: readonly PartitionReader[], error: ConnectError): void {
    const { signal, patienceMs, isRead, onReady } = this.#options;
    const trying = readers.filter((reader) => {
      if (!isRead(reader) || this.#stopped.has(reader)) return false;
      const recovery = this.#recoveries.get(reader) ?? new Recovery(signal, patienceMs, this.#answered);
      this.#recoveries.set(reader, recovery);
      if (recovery.mayPass(error)) return true;
      this.stop(reader, error);
      return false;
    });
    for (const reader of trying) this.#resting.add(reader);
    const [first] = trying;
    if (first !== undefined) void this.#tryAgain(trying, this.#recoveries.get(first) as Recovery).finally(onReady);
  }

  /** It can't be read on in this run. */
  stop(reader: PartitionReader, error: ConnectError): void {
    this.#resting.delete(reader);
    this.#recoveries.delete(reader);
    this.#stopped.set(reader, error);
    this.#options.onStopped();
  }

  /** It is not read any more. */
  forget(reader: PartitionReader): void {
    this.#resting.delete(reader);
    this.#recoveries.delete(reader);
    this.#stopped.delete(reader);
  }

  /** Those that stopped since it was last called, with the reason. */
  takeStopped(): ReadonlyMap<PartitionReader, ConnectError> {
    const stopped = this.#stopped;
    if (stopped.size > 0) this.#stopped = new Map();
    return stopped;
  }

  async #tryAgain(readers: readonly PartitionReader[], recovery: Recovery): Promise<void> {
    const { signal, refresh } = this.#options;
    try {
      await sleep(recovery.nextPauseMs(), undefined, { signal });
    } catch {
      return;
    }
    const problems = await refresh().catch(toConnectError);
    for (const reader of readers) this.#resting.delete(reader);
    if (problems instanceof Error) return this.add(readers, problems);
    for (const reader of readers) {
      const problem = problems.get(reader.topic);
      if (problem !== undefined) this.add([reader], problem);
    }
  }
}
