import type { RocketmqAdmin } from '../../rocketmq-admin/rocketmq-admin.ts';
import type { StackAddresses } from '../../servers/server.ts';
import type { Dataset } from '../flights/dataset.ts';

/** A record as RocketMQ must have it. */
export interface ExpectedRecord {
  /** Rises within its partition. */
  readonly id: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: ReadonlyArray<readonly [name: string, value: Buffer | null]>;
  /** ms since 1970 */
  readonly timestamp: number;
}

export interface ExpectedPartition {
  /** As deterministic keys name it. */
  readonly name: string;
  readonly records: number;
  /** All its records, in order, in chunks. */
  read(): AsyncIterable<readonly ExpectedRecord[]>;
}

export interface Loaded {
  /** Records that this call added; 0 where all were there. */
  readonly added: number;
  /** Compares what came with what was loaded. */
  check(run: CheckRun): Promise<Verdict>;
}

/** What is compared, and what is told meanwhile. */
export interface CheckRun {
  readonly rocketmq: RocketmqAdmin;
  readonly topic: string;
  readonly connector: string;
  readonly onProgress: (records: number) => void;
}

export interface Verdict {
  readonly holds: boolean;
  /** For people: what was counted, and what is wrong. */
  readonly text: string;
}

/** A kind of system that the main job can copy from. */
export interface MainJobSystem {
  /** The system's own name. */
  readonly title: string;
  /** Of the local stack. */
  readonly server: string;
  /** The connector type. */
  readonly type: string;
  /** The example file to apply. */
  readonly example: URL;
  readonly defaultDataset: string;
  /** Environment variables that the example file refers to. */
  environment(addresses: StackAddresses): Readonly<Record<string, string>>;
  /** `dataDir`: the stack's folder. */
  open(addresses: StackAddresses, dataDir: string): Promise<MainJobSource>;
}

/** What happens to the source while its records are copied. */
export interface Change {
  /** For people: `10,000 changes`. */
  readonly title: string;
  /** Aborted: ends early. */
  make(signal: AbortSignal): Promise<void>;
}

/** A running system, to be filled with a data set. */
export interface MainJobSource {
  /** What the example's `source` section needs to read what was loaded under this name. */
  options(name: string): object;
  /** Fills the system, once: goes on where an earlier load was cut off. Aborted: returns early. */
  load(name: string, dataset: Dataset, signal: AbortSignal, onProgress: (rows: number) => void): Promise<Loaded>;
  /** Ways to change what was loaded, each for one run of the tasks beside it. Absent: what was loaded stays as it is. */
  changes?(name: string, dataset: Dataset): Promise<readonly Change[]>;
  close(): Promise<void>;
}
