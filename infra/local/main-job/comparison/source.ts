import type { RocketmqAdmin } from '../../rocketmq-admin/rocketmq-admin.ts';
import type { StackAddresses } from '../../servers/server.ts';
import type { Dataset } from '../flights/dataset.ts';

/** A record as RocketMQ must have it. */
export interface ExpectedRecord {
  /** The order within its partition. It only rises. */
  readonly id: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: ReadonlyArray<readonly [name: string, value: Buffer | null]>;
  /** ms since 1970 */
  readonly timestamp: number;
}

export interface ExpectedPartition {
  /** The partition's name in deterministic keys. */
  readonly name: string;
  readonly records: number;
  /** Yields all its records, in order, in chunks. */
  read(): AsyncIterable<readonly ExpectedRecord[]>;
}

export interface Loaded {
  /** The number of records that this call added. It is 0 if all were there. */
  readonly added: number;
  /** Compares what arrived with what was loaded. */
  check(run: CheckRun): Promise<Verdict>;
  /** The way back into the system. Absent if there is no sink to it. */
  readonly back?: WayBack;
}

/** Where a sink writes what came from the same system. */
export interface WayBack {
  /** A text for people, such as `topic flights-copy`. */
  readonly title: string;
  /** Makes the empty place for the copies, if there is none. Returns what the example's `sink` section needs to write there. */
  prepare(): Promise<object>;
  /** Compares what the sink has written with what was loaded. */
  check(run: Pick<CheckRun, 'onProgress'>): Promise<Verdict>;
}

/** What to compare, and how to report progress meanwhile. */
export interface CheckRun {
  readonly rocketmq: RocketmqAdmin;
  readonly topic: string;
  readonly connector: string;
  readonly onProgress: (records: number) => void;
}

export interface Verdict {
  readonly holds: boolean;
  /** A text for people: the counts, and what is wrong. */
  readonly text: string;
}

/** A kind of system that the main job can copy from, and back to. */
export interface MainJobSystem {
  /** The system's own name. */
  readonly title: string;
  /** The server in the local stack. */
  readonly server: string;
  /** The connector type. */
  readonly type: string;
  /** The example file to apply. */
  readonly example: URL;
  /** The example file of the sink to this system. Absent if there is none. */
  readonly sinkExample?: URL;
  readonly defaultDataset: string;
  /** The environment variables that the example file refers to. */
  environment(addresses: StackAddresses): Readonly<Record<string, string>>;
  /** Opens the running system. `dataDir` is the stack's folder. */
  open(addresses: StackAddresses, dataDir: string): Promise<MainJobSource>;
}

/** Changes to the source while its records are copied. */
export interface Change {
  /** A text for people, such as `10,000 changes`. */
  readonly title: string;
  /** Makes the changes. It ends early if the signal is aborted. */
  make(signal: AbortSignal): Promise<void>;
}

/** A running system to fill with a data set. */
export interface MainJobSource {
  /** Returns what the example's `source` section needs to read what was loaded under this name. */
  options(name: string): object;
  /** Fills the system, once, and continues if an earlier load stopped. It returns early if the signal is aborted. */
  load(name: string, dataset: Dataset, signal: AbortSignal, onProgress: (rows: number) => void): Promise<Loaded>;
  /** Ways to change what was loaded, each for one run of the tasks beside it. Absent if it stays as it is. */
  changes?(name: string, dataset: Dataset): Promise<readonly Change[]>;
  close(): Promise<void>;
}
