import type { Installer } from '../install/installer.ts';

/** The addresses of the parts of a stack, `host:port` unless said otherwise, and their users and files. */
export interface StackAddresses {
  /** The address for connector files: a name server, or the user's own choice. */
  readonly rocketmqEndpoints: string;
  /** The name server, for administration. */
  readonly rocketmqNamesrv: string;
  /** The broker's own remoting port. */
  readonly rocketmqBroker: string;
  /** The proxy's ports: remoting, and gRPC for RocketMQ 5 clients. */
  readonly rocketmqProxy: string;
  readonly rocketmqGrpc: string;
  /** The ports of the proxy in cluster mode. */
  readonly rocketmqClusterRemoting: string;
  readonly rocketmqClusterGrpc: string;
  /** PLAINTEXT. */
  readonly kafka: string;
  /** SASL_PLAINTEXT: PLAIN, SCRAM-SHA-256, SCRAM-SHA-512. */
  readonly kafkaSasl: string;
  /** SSL with a certificate from the authority in `kafkaCaFile`. */
  readonly kafkaTls: string;
  /** SASL_SSL, with the mechanisms and the certificate of the two above. */
  readonly kafkaSaslTls: string;
  /** A PEM file. */
  readonly kafkaCaFile: string;
  readonly kafkaUsername: string;
  readonly kafkaPassword: string;
  /** The URL of the administrator, in plain text. */
  readonly rabbitmq: string;
  /** A URL without a user, with encryption by a certificate from the authority in `rabbitmqCaFile`. */
  readonly rabbitmqTls: string;
  /** The URL of the streams' own protocol, for the administrator. */
  readonly rabbitmqStream: string;
  /** The URL of the HTTP API. */
  readonly rabbitmqManagement: string;
  /** PEM files: the authority, and the user's own certificate and key, which may replace the password. */
  readonly rabbitmqCaFile: string;
  readonly rabbitmqCertFile: string;
  readonly rabbitmqKeyFile: string;
  /** A user who may only read. */
  readonly rabbitmqUsername: string;
  readonly rabbitmqPassword: string;
  /** ActiveMQ Classic, `amqp://host:port`. */
  readonly activemq: string;
  /** `amqps://host:port` with a certificate from the authority in `activemqCaFile`. */
  readonly activemqTls: string;
  /** The broker's own protocol, for Java clients: `tcp://host:port`. */
  readonly activemqOpenwire: string;
  /** A PEM file. */
  readonly activemqCaFile: string;
  /** A user who may do everything, and one who may only read existing queues whose names start with `open.`. */
  readonly activemqUsername: string;
  readonly activemqLimitedUsername: string;
  /** The password of both. */
  readonly activemqPassword: string;
  /** ActiveMQ Artemis, `amqp://host:port`. */
  readonly artemis: string;
  /** The broker's own protocol, for Java clients: `tcp://host:port`. */
  readonly artemisCore: string;
  /**
   * `amqps://host:port` with a certificate from the authority in `artemisCaFile`. It knows the client certificate in the two files after
   * it.
   */
  readonly artemisTls: string;
  readonly artemisCaFile: string;
  readonly artemisCertFile: string;
  readonly artemisKeyFile: string;
  /** `host:port` of MariaDB. Its administrator is `root` without a password. */
  readonly mariadb: string;
  /** `host:port` of MySQL 5.6, with the same administrator. */
  readonly mysql56: string;
  /** A user of both servers who may read and replicate, and nothing else. */
  readonly mysqlUsername: string;
  readonly mysqlPassword: string;
  /** A PEM file with the authority of MariaDB's certificate. */
  readonly mysqlCaFile: string;
  /** A URL. */
  readonly dynamodb: string;
}

/** The files and ports of one server of one stack. */
export interface Site {
  /** This server's own folder, with configuration and data. */
  readonly dir: string;
  /** The folder with the server's programs. */
  readonly programs: string;
  /** Returns a port of the server, or of the one that it is a part of, by its use, with the stack's offset added. */
  port(use: string): number;
  /** The heap size: the environment's `STACK_<NAME>_HEAP_MB`, or the default. */
  heapMb(name: string, defaultMb: number): number;
}

/** One operating system process of a server. */
export interface ServerProcess {
  readonly name: string;
  readonly command: string;
  /** The arguments. They must name a file or folder inside `site.dir`, so that a later command recognizes the process. */
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Asks the server itself, not just its port. The caller repeats it until it resolves. */
  ready(): Promise<void>;
}

/** A kind of server that the stack can run. Each has a file, and `registry.ts` lists them. */
export interface Server {
  readonly name: string;
  /** It runs the programs of this server, which starts with it and has to answer before. */
  readonly partOf?: Server;
  readonly installer: Installer;
  /** The ports at offset 0, by use. */
  readonly ports: Readonly<Record<string, number>>;
  /** Returns the addresses of the user's own server, if the environment names one. The stack then starts nothing. */
  external(env: NodeJS.ProcessEnv): Partial<StackAddresses> | undefined;
  addresses(site: Site): Partial<StackAddresses>;
  /** Writes the configuration and, the first time, an empty store. The stack calls it before every start. */
  prepare(site: Site): Promise<void>;
  /** Returns the processes in the order of their start. The last one is the server itself. */
  processes(site: Site): readonly ServerProcess[];
}
