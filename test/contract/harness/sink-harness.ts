import type { ConnectRecord } from '../../../src/api/index.ts';
import type { SecuredConfig, WrongConfig, WrongConfigName } from './source-harness.ts';

/**
 * What the suite needs to know of one system that a sink writes. At least one harness for each connector type, listed in `registry.ts`.
 *
 * targets     one server of the system, with what was made on it
 * target      what one connector writes: a topic, a table, ...
 */
export interface SinkHarness {
  /** `kafka-sink` */
  readonly type: string;
  /** Tells a second harness of the type from the first, for other options: `exactly-once`. It stands in the names of the test files. */
  readonly variant?: string;
  /** The option that names the servers, as findings do: `sink.bootstrapServers`. Absent where there is none to be reached. */
  readonly addressOption?: string;
  /**
   * True where deaths and freezes inside the store, and kills that are the same as one after the call before, are left to another harness:
   * they are the runtime's, not the connector's.
   */
  readonly killedOutsideStoreOnly?: true;
  /**
   * Where queues are written in lanes by key. What records look like, and what the way to the target does, is left to another harness. Default:
   * a queue is one lane.
   */
  readonly ordering?: 'key';
  /**
   * True where the tasks share the queues of a topic as consumers of a group, over gRPC. There are no positions: nothing has an order, a
   * run may end before it was given everything, and what a dead worker held comes again a while later.
   */
  readonly sharesQueues?: true;
  /** True where the system has nothing like headers. */
  readonly dropsHeaders?: true;
  /** How a record travels to a sink that does not take any bytes: the target's `expected` says what becomes of it. Absent: as it is. */
  asSent?(record: ConnectRecord): ConnectRecord;
  /** True where the target holds each record once, whatever dies. */
  readonly exactlyOnce?: true;
  /** On the servers that the stack runs and all tests share. */
  open(): Promise<SinkTargets>;
  /**
   * The same behind proxies with these `host:port`: a server that tells its clients where to connect must name the proxy to those that come
   * through it. Targets then have time limits of a few seconds. Absent where a connector file can't say where the target is.
   */
  openBehind?(proxies: readonly string[]): Promise<ProxiedTargets>;
}

export interface ProxiedTargets extends SinkTargets {
  /** `host:port` to which this one of the proxies leads. */
  addressBehind(proxy: string): string;
}

export interface SinkTargets extends AsyncDisposable {
  /** A new, empty target for what a RocketMQ topic holds. Every target of a harness has names of its own. */
  create(topic: string): Promise<SinkTarget>;
}

export interface SinkTarget {
  /** The connector's `sink` section, as in a file. `address`, `host:port`, is used instead of the server's own. */
  config(options?: { readonly address?: string }): Readonly<Record<string, unknown>>;
  /** The same by a user with a password. Not called where the harness has no `addressOption`. */
  secured(): Promise<SecuredConfig>;
  /** Not called where the harness has no `addressOption`. */
  wrong(name: WrongConfigName): Promise<WrongConfig>;
  /** What it holds, repeats included. Records of one queue come in the order in which they were written. */
  read(): Promise<readonly ConnectRecord[]>;
  /** What must arrive for a record: the record itself where the system can carry it. Header names are compared without regard to order. */
  expected(record: ConnectRecord): ConnectRecord;
  /** A record that the target refuses for good, of at most 3 MiB. Absent: it takes any. */
  refused?(): ConnectRecord;
}
