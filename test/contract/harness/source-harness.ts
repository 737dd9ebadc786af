import type { ConnectRecord, ErrorCode } from '../../../src/api/index.ts';
import type { ProxyMode } from '../../support/grpc-proxy.ts';

/**
 * What the suite needs to know of one source system. One harness per connector type, listed in `registry.ts`.
 *
 * lab         one server of the system, with what was made on it
 * source      what one connector copies: partitions of a topic, a list of queues, ...
 * partition   as the connector names it in its tasks
 */
export interface SourceHarness {
  /** `kafka-source` */
  readonly type: string;
  /**
   * Tasks write over gRPC, to a proxy in this mode. Topics of type NORMAL, which they have without `toFifo`, need `rocketmq.order: none`
   * then, so that the order of arrivals says nothing. Absent: they write in RocketMQ's remoting protocol.
   */
  readonly overGrpc?: ProxyMode;
  /** True where tasks write over gRPC to topics of type FIFO. Their messages go one by one, and each partition keeps its order. */
  readonly toFifo?: true;
  /** Of the local stack, as `infra/local/servers/registry.ts` names it. */
  readonly server: string;
  /** The option that names the servers, as findings do: `source.bootstrapServers`. */
  readonly addressOption: string;
  /** Headers that the connector adds to those of the message; the suite compares the others. */
  readonly ownHeaders?: RegExp;
  /**
   * True where messages that a reader held come back behind those that its successor has read already: after a kill, a lost
   * connection or a re-plan the suite then asks that all arrive, and not for their order.
   */
  readonly losesOrderWhenTakenOver?: boolean;
  /** True where messages have no headers. */
  readonly dropsHeaders?: true;
  /** True where the server sends all that there is without being asked again: a run goes on while what it says is lost. */
  readonly sendsUnasked?: true;
  /**
   * Where all partitions of a lab's source are one partition of the connector: its name. Its tasks can't be split, and the lab's
   * partitions (tables) are told by the messages.
   */
  readonly onePartition?: string;
  /**
   * True where deaths and freezes inside the store, and kills that are the same as one after the call before, are left to the harness of
   * another log or queue: they are the runtime's, not the connector's.
   */
  readonly killedOutsideStoreOnly?: true;
  /**
   * True where all deaths and freezes but those in calls of RocketMQ's producer are left to another harness of the same source: they have
   * nothing to do with how RocketMQ is spoken to.
   */
  readonly killedInProducerOnly?: true;
  /** In what the check always says of this server, because it is old; absent: it finds nothing. */
  readonly warning?: string;
  /** The lab's partition and the value of a message that arrived, where body and key do not tell them as they are. */
  readMessage?(body: Buffer): { readonly partition: string; readonly value: Buffer };
  /** On the servers that the stack runs and all tests share. */
  open(): Promise<SourceLab>;
  /**
   * On a server that the suite may break, behind proxies with these `host:port`: a server that tells its clients where to connect must
   * name the proxy to those that come through it; others need not care.
   */
  openOwn(advertised: readonly string[]): Promise<OwnLab>;
}

/** What the harness tests, as test files are named: `kafka-source-over-grpc`, `-over-grpc-in-cluster`, `-over-grpc-to-fifo`. */
export function sourceNameOf({ type, overGrpc, toFifo }: SourceHarness): string {
  if (overGrpc === undefined) return type;
  return `${type}-over-grpc${overGrpc === 'cluster' ? '-in-cluster' : ''}${toFifo ? '-to-fifo' : ''}`;
}

export interface SourceLab extends AsyncDisposable {
  /** `host:port` of the server, for a proxy before it. */
  readonly address: string;
  /** A new, empty source. With one partition or more; every source of a lab has names of its own. */
  createSource(partitions: number): Promise<LabSource>;
}

/** A lab on a server of its own. After each of these, its own way to the server must go on working where the server does. */
export interface OwnLab extends SourceLab {
  /** `host:port` to which this one of the proxies leads. */
  addressBehind(advertised: string): string;
  /** SIGKILL. */
  kill(): Promise<void>;
  /** On the same addresses and data; returns when it serves again. Stops it first, in order, where it still runs. */
  restart(): Promise<void>;
  /** SIGSTOP: connections stay and nothing answers. */
  freeze(): Promise<void>;
  thaw(): Promise<void>;
}

/** A message as the suite makes it. Key, value and headers may be null, empty, any bytes; header names any text, also repeated. */
export interface LabMessage extends ConnectRecord {
  /** ms since 1970. */
  readonly timestamp: number;
}

export interface ConfigOptions {
  /** Instead of the server's own address: a proxy's, or one where nobody answers. `host:port` */
  readonly address?: string;
  /** With time limits that a busy machine does not reach. Default: where no address is given. */
  readonly patient?: boolean;
}

/** A `source` section, and the secrets that it refers to as `${env:NAME}`. */
export interface SecuredConfig {
  readonly config: Readonly<Record<string, unknown>>;
  /** Values by the name of the environment variable. Each at least 8 characters, and in no other text. */
  readonly secrets: Readonly<Record<string, string>>;
}

/** Wrong configurations that only the harness can make; wrong addresses the suite makes itself. */
export const WRONG_CONFIGS = {
  'a wrong password': 'AUTH_FAILED',
  'a source that does not exist': 'NOT_FOUND',
  'a source that this user may not read': 'FORBIDDEN',
  'a certificate that is not trusted': 'TLS_FAILED',
} as const satisfies Readonly<Record<string, ErrorCode>>;

export type WrongConfigName = keyof typeof WRONG_CONFIGS;

export interface WrongConfig {
  readonly config: Readonly<Record<string, unknown>>;
  /** The option that the finding must be about. */
  readonly option: string;
}

export interface LabSource {
  /** As the connector's tasks name them, where the harness has no `onePartition`. */
  readonly partitions: readonly string[];
  /** The connector's `source` section, as in a file. On labs of their own with time limits of a few seconds, where there are such options and it need not be patient. */
  config(options?: ConfigOptions): Readonly<Record<string, unknown>>;
  /** The same by a user with a password, over the shared server. Not called on labs of their own. */
  secured(): Promise<SecuredConfig>;
  /** Not called on labs of their own. What it sets at the server it takes back when the lab is closed. */
  wrong(name: WrongConfigName): Promise<WrongConfig>;
  /** Appends, in this order, and returns when the server has them durably. Messages with values up to 1 MiB, thousands at once. */
  fill(partition: string, messages: readonly LabMessage[]): Promise<void>;
  /**
   * What must arrive for a message: the message itself where the system can carry it; else what it carries instead (a queue
   * without a null value: an empty one). Without what `ownHeaders` covers. Header names are compared without regard to order.
   */
  expected(message: LabMessage, partition: string): ConnectRecord;
  /**
   * Queue systems: messages of the partition that the server still holds, whether waiting or out with a consumer.
   * Absent for logs, whose messages stay.
   */
  pending?(partition: string): Promise<number>;
}
