import type { ConnectRecord } from '../api/index.ts';
import type { Registry } from '../connectors/packages.ts';
import type { WrongConfig } from './conformance-case.ts';

/** Tells the suite about one source connector and its system. */
export interface SourceHarness {
  /** The module of the connector package: what it exports. */
  readonly connector: Registry;
  /** The type to test: `my-source`. */
  readonly type: string;
  /** True where the system itself forgets what was acknowledged, as a queue does: nothing is read a second time then. Default false. */
  readonly isQueue?: boolean;
  /** Creates a source with so many partitions, all empty, that shares nothing with the others. The suite removes it. */
  createSource(partitions: number): Promise<TestSource>;
}

export interface TestSource {
  /** As the tasks name them. */
  readonly partitions: readonly string[];
  /** The `source` section of a connector file, secrets resolved. */
  readonly config: Readonly<Record<string, unknown>>;
  /** The configurations that `check` must refuse. */
  readonly wrong: readonly WrongConfig[];
  /** Unusual records that the system can carry: empty and null ones, bytes that are no text, headers. Default: none. */
  readonly samples?: readonly ConnectRecord[];
  /** Appends to a partition, in this order, and resolves when the system has them. The suite's own have short text as value, no key and no headers. */
  fill(partition: string, records: readonly ConnectRecord[]): Promise<void>;
  /** Returns what must arrive for a record. Default: the same key, value, headers and timestamp; no timestamp is compared where the record has none. */
  expected?(record: ConnectRecord): ConnectRecord;
  remove(): Promise<void>;
}
