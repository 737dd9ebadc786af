import type { ConnectRecord } from '../api/index.ts';
import type { Registry } from '../connectors/packages.ts';
import type { WrongConfig } from './conformance-case.ts';

/** Tells the suite about one sink connector and its system. */
export interface SinkHarness {
  /** The module of the connector package: what it exports. */
  readonly connector: Registry;
  /** The type to test: `my-sink`. */
  readonly type: string;
  /** True where the target holds each record once, also after a run that died before it stored a position. Default false. */
  readonly exactlyOnce?: boolean;
  /** Creates an empty target that shares nothing with the others. The suite removes it. */
  createTarget(): Promise<TestTarget>;
}

export interface TestTarget {
  /** The `sink` section of a connector file, secrets resolved. */
  readonly config: Readonly<Record<string, unknown>>;
  /** The configurations that `check` must refuse. */
  readonly wrong: readonly WrongConfig[];
  /** Unusual records that the system can carry: empty and null ones, bytes that are no text, headers. Default: none. */
  readonly samples?: readonly ConnectRecord[];
  /** A record that the target refuses for good. Default: it takes any. */
  readonly refused?: ConnectRecord;
  /** Returns all that the target holds, repeats included. Records of one queue come in the order in which they were written. */
  read(): Promise<readonly ConnectRecord[]>;
  /**
   * Returns what the target must hold for a record. The suite's own records have a short text as value, which differs between them, no key
   * and no headers. Default: the same key, value, headers and timestamp. The suite compares no timestamp where the record has none.
   */
  expected?(record: ConnectRecord): ConnectRecord;
  remove(): Promise<void>;
}
