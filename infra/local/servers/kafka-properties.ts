import { join } from 'node:path';
import type { Site } from './server.ts';

interface User {
  readonly kafkaUsername: string;
  readonly kafkaPassword: string;
}

/** Returns the server.properties of a small single node. It replicates nothing, and keeps messages until the folder is removed. */
export function serverProperties(site: Site, user: User, storePassword: string): string {
  const listeners = {
    PLAINTEXT: site.port('plaintext'),
    SASL_PLAINTEXT: site.port('sasl'),
    SSL: site.port('tls'),
    SASL_SSL: site.port('saslTls'),
  };
  const urls = Object.entries(listeners).map(([name, port]) => `${name}://127.0.0.1:${port}`);
  const plain = `org.apache.kafka.common.security.plain.PlainLoginModule required user_${user.kafkaUsername}="${user.kafkaPassword}";`;
  const scram = 'org.apache.kafka.common.security.scram.ScramLoginModule required;';
  // The broker's default for this mechanism takes unsigned tokens.
  const bearer = 'org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule required unsecuredLoginStringClaim_sub="broker";';
  const sasl = ['sasl_plaintext', 'sasl_ssl'].flatMap((listener) => [
    [`listener.name.${listener}.sasl.enabled.mechanisms`, 'PLAIN,SCRAM-SHA-256,SCRAM-SHA-512,OAUTHBEARER'],
    [`listener.name.${listener}.plain.sasl.jaas.config`, plain],
    [`listener.name.${listener}.scram-sha-256.sasl.jaas.config`, scram],
    [`listener.name.${listener}.scram-sha-512.sasl.jaas.config`, scram],
    [`listener.name.${listener}.oauthbearer.sasl.jaas.config`, bearer],
  ]);
  const properties: ReadonlyArray<readonly (string | number)[]> = [
    ['process.roles', 'broker,controller'],
    ['node.id', 1],
    ['controller.quorum.voters', `1@127.0.0.1:${site.port('controller')}`],
    ['listeners', [...urls, `CONTROLLER://127.0.0.1:${site.port('controller')}`].join(',')],
    ['advertised.listeners', urls.join(',')],
    ['listener.security.protocol.map', [...Object.keys(listeners).map((name) => `${name}:${name}`), 'CONTROLLER:PLAINTEXT'].join(',')],
    ['inter.broker.listener.name', 'PLAINTEXT'],
    ['controller.listener.names', 'CONTROLLER'],
    ...sasl,
    ['ssl.keystore.type', 'PKCS12'],
    ['ssl.keystore.location', join(site.dir, 'server.p12')],
    ['ssl.keystore.password', storePassword],
    // Permissions apply once a test sets some. Without any, everyone may do everything.
    ['authorizer.class.name', 'org.apache.kafka.metadata.authorizer.StandardAuthorizer'],
    ['allow.everyone.if.no.acl.found', 'true'],
    ['super.users', 'User:ANONYMOUS'],
    ['log.dirs', join(site.dir, 'data')],
    ['auto.create.topics.enable', 'false'],
    ['log.retention.ms', -1],
    ['offsets.topic.replication.factor', 1],
    ['offsets.topic.num.partitions', 1],
    ['transaction.state.log.replication.factor', 1],
    ['transaction.state.log.min.isr', 1],
    ['transaction.state.log.num.partitions', 1],
    ['share.coordinator.state.topic.replication.factor', 1],
    ['share.coordinator.state.topic.min.isr', 1],
    ['group.initial.rebalance.delay.ms', 0],
    ['num.network.threads', 2],
    ['num.io.threads', 2],
    // Kafka allocates this at once. Its default of 128 MB would not fit the heap.
    ['log.cleaner.dedupe.buffer.size', 4 * 1024 * 1024],
  ];
  return `${properties.map(([key, value]) => `${key}=${value}`).join('\n')}\n`;
}
