import type { Installer } from '../install/installer.ts';

/** Where the parts of a stack are reached, `host:port` unless said otherwise, and what they ask for. */
export interface StackAddresses {
  /** What a connector file names: a name server, or the user's own choice. */
  readonly rocketmqEndpoints: string;
  /** Name server, for administration. */
  readonly rocketmqNamesrv: string;
  /** The broker's own remoting port. */
  readonly rocketmqBroker: string;
  /** The proxy's ports: remoting, and gRPC for RocketMQ 5 clients. */
  readonly rocketmqProxy: string;
  readonly rocketmqGrpc: string;
  /** PLAINTEXT */
  readonly kafka: string;
  /** SASL_PLAINTEXT: PLAIN, SCRAM-SHA-256, SCRAM-SHA-512. */
  readonly kafkaSasl: string;
  /** SSL with a certificate that `kafkaCaFile` vouches for. */
  readonly kafkaTls: string;
  /** SASL_SSL: the mechanisms and the certificate of the two above. */
  readonly kafkaSaslTls: string;
  /** PEM file. */
  readonly kafkaCaFile: string;
  readonly kafkaUsername: string;
  readonly kafkaPassword: string;
  /** URL of the administrator, plain text. */
  readonly rabbitmq: string;
  /** URL without a user, encrypted with a certificate that `rabbitmqCaFile` vouches for. */
  readonly rabbitmqTls: string;
  /** URL of the streams' own protocol, of the administrator. */
  readonly rabbitmqStream: string;
  /** URL of the HTTP API. */
  readonly rabbitmqManagement: string;
  /** PEM files: the authority, and the user's own certificate and key, which may take the place of the password. */
  readonly rabbitmqCaFile: string;
  readonly rabbitmqCertFile: string;
  readonly rabbitmqKeyFile: string;
  /** A user who may only read. */
  readonly rabbitmqUsername: string;
  readonly rabbitmqPassword: string;
  /** ActiveMQ Classic, `amqp://host:port`. */
  readonly activemq: string;
  /** `amqps://host:port` with a certificate that `activemqCaFile` vouches for. */
  readonly activemqTls: string;
  /** Its own protocol, for Java clients: `tcp://host:port`. */
  readonly activemqOpenwire: string;
  /** PEM file. */
  readonly activemqCaFile: string;
  /** A user who may do everything, and one who may only read queues that are there and named `open.` and what follows. */
  readonly activemqUsername: string;
  readonly activemqLimitedUsername: string;
  /** Of both. */
  readonly activemqPassword: string;
  /** ActiveMQ Artemis, `amqp://host:port`. */
  readonly artemis: string;
  /** Its own protocol, for Java clients: `tcp://host:port`. */
  readonly artemisCore: string;
  /** `amqps://host:port` with a certificate that `artemisCaFile` vouches for; knows the client certificate in the two files after. */
  readonly artemisTls: string;
  readonly artemisCaFile: string;
  readonly artemisCertFile: string;
  readonly artemisKeyFile: string;
  /** `host:port` of MariaDB; its administrator is `root` without a password. */
  readonly mariadb: string;
  /** `host:port` of MySQL 5.6, as above. */
  readonly mysql56: string;
  /** A user of both who may read and replicate, and nothing else. */
  readonly mysqlUsername: string;
  readonly mysqlPassword: string;
  /** PEM file: vouches for MariaDB's certificate. */
  readonly mysqlCaFile: string;
  /** URL. */
  readonly dynamodb: string;
}

/** One server of one stack: where its files are and which ports it has. */
export interface Site {
  /** This server's own folder: configuration and data. */
  readonly dir: string;
  /** Folder with the server's programs. */
  readonly programs: string;
  /** A port of the server, by its use, with the stack's offset added. */
  port(use: string): number;
  /** Heap size: the environment's `STACK_<NAME>_HEAP_MB`, else the default. */
  heapMb(name: string, defaultMb: number): number;
}

/** One operating system process of a server. */
export interface ServerProcess {
  readonly name: string;
  readonly command: string;
  /** Must name a file or folder inside `site.dir`: that is how the process is told from others later. */
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Asks the server itself, not just its port. Called until it resolves. */
  ready(): Promise<void>;
}

/** A kind of server that the stack can run. One file each; `registry.ts` lists them. */
export interface Server {
  readonly name: string;
  readonly installer: Installer;
  /** Ports at offset 0, by use. */
  readonly ports: Readonly<Record<string, number>>;
  /** Addresses of the user's own server, where the environment names one: then nothing is started. */
  external(env: NodeJS.ProcessEnv): Partial<StackAddresses> | undefined;
  addresses(site: Site): Partial<StackAddresses>;
  /** Writes configuration and, the first time, an empty store. Called before every start. */
  prepare(site: Site): Promise<void>;
  /** In the order they start; the last one is the server itself. */
  processes(site: Site): readonly ServerProcess[];
}
