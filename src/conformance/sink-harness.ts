import type { ConnectRecord } from '../api/index.ts';
import type { Registry } from '../connectors/packages.ts';
import type { WrongConfig } from './conformance-case.ts';

/** What the suite needs to know of one sink connector and its system. */
export interface SinkHarness {
  /** The module of the connector package: what it exports. */
  readonly connector: Registry;
  /** The type to test: `my-sink`. */
  readonly type: string;
  /** True where the target holds each record once, also after a run that died before it stored a position. Default false. */
  readonly exactlyOnce?: boolean;
  /** A new target, empty. No other one may have to do with it. The suite removes it. */
  createTarget(): Promise<TestTarget>;
}

export interface TestTarget {
  /** The `sink` section of a connector file, secrets resolved. */
  readonly config: Readonly<Record<string, unknown>>;
  /** Configurations that `check` must refuse. */
  readonly wrong: readonly WrongConfig[];
  /** Records that the system can carry and that are unlike others: empty and null ones, bytes that are no text, headers. Default: none. */
  readonly samples?: readonly ConnectRecord[];
  /** A record that the target refuses for good. Default: it takes any. */
  readonly refused?: ConnectRecord;
  /** What the target holds, repeats included. Records of one queue come in the order in which they were written. */
  read(): Promise<readonly ConnectRecord[]>;
  /**
   * What the target must hold for a record. The suite's own have short text as value, which is different for each, no key and no headers.
   * Default: the same key, value, headers and timestamp; no timestamp is compared where the record has none.
   */
  expected?(record: ConnectRecord): ConnectRecord;
  remove(): Promise<void>;
}
