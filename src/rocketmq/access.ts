import type { TlsConfig } from '../kit/index.ts';

/** The `rocketmq` section of a connector, secrets resolved. */
export interface RocketmqAccess {
  /**
   * `host:port` of a name server (9876) or of a proxy's remoting port (8080), or with `protocol: 'grpc'` of a proxy's gRPC port (8081);
   * several separated by `;`, tried in turn.
   */
  readonly endpoints: string;
  /** Default `remoting`. */
  readonly protocol?: 'remoting' | 'grpc';
  readonly namespace: string;
  /** True means TLS with Node's own trust. */
  readonly tls: boolean | TlsConfig;
  readonly accessKey?: string;
  readonly secretKey?: string;
  readonly requestTimeoutMs: number;
  /** The largest message that the broker takes, in bytes: its maxMessageSize. Default 4 MiB, as the broker's. */
  readonly maxMessageBytes?: number;
  /** Sources only: says whether records with one ordering key keep their order. Default `partition`. */
  readonly order?: 'partition' | 'none';
  /** Sources only, for a DELAY topic: says when messages are delivered; see `sendingOptions` in `src/config`. */
  readonly deliverAfter?: string;
  readonly deliverAtHeader?: string;
  /** Of a sink: what it reads; see `messageFilter` in `src/config`. */
  readonly tags?: string | readonly string[];
  readonly filter?: string;
  /** Of a sink: it stores in its consumer group how far it is. Default true. */
  readonly reportOffsets?: boolean;
  readonly followResets?: boolean;
  /** Names the consumer group of a sink whose tasks share its queues, without namespace. Default `connect-<name>`. */
  readonly group?: string;
  /** Says how long a received message stays invisible to the group's other consumers, ms. Default 60,000. */
  readonly invisibleTimeMs?: number;
}

/** One topic, without its namespace, and how to reach it. */
export interface RocketmqConfig extends RocketmqAccess {
  readonly topic: string;
  /**
   * The topic takes dead letters: plain messages in any order, delivered at once, whatever the options of order and delivery say. Default:
   * the options count, and the topic may be of the type that goes with them.
   */
  readonly plainOnly?: true;
}

/** Topics, without their namespace. */
export interface NamedTopics {
  readonly names: readonly string[];
  /** What names them, for errors: `rocketmq.topics`. */
  readonly option: string;
}
