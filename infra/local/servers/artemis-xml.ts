import { join } from 'node:path';
import type { Site } from './server.ts';

/** Returns the broker.xml of one small broker that keeps its messages over a restart. */
export function brokerXml(site: Site): string {
  const data = join(site.dir, 'data');
  const tls = [
    ['sslEnabled', 'true'],
    ['wantClientAuth', 'true'],
    ['keyStoreType', 'PEMCFG'],
    ['keyStorePath', join(site.dir, 'etc', 'server.pemcfg')],
    ['trustStoreType', 'PEMCA'],
    ['trustStorePath', join(site.dir, 'ca.pem')],
    ['saslMechanisms', 'EXTERNAL,PLAIN,ANONYMOUS'],
  ];
  const amqps = [['protocols', 'AMQP'], ...tls].map((pair) => pair.join('=')).join(';');
  return `<configuration xmlns="urn:activemq">
<core xmlns="urn:activemq:core">
  <name>stack</name>
  <persistence-enabled>true</persistence-enabled>
  <security-enabled>false</security-enabled>
  <journal-type>NIO</journal-type>
  <!-- Files outlive the process without it, and it would cost a disk write for each message. -->
  <journal-datasync>false</journal-datasync>
  <journal-file-size>4M</journal-file-size>
  <journal-directory>${data}/journal</journal-directory>
  <bindings-directory>${data}/bindings</bindings-directory>
  <paging-directory>${data}/paging</paging-directory>
  <large-messages-directory>${data}/large-messages</large-messages-directory>
  <max-disk-usage>-1</max-disk-usage>
  <critical-analyzer>false</critical-analyzer>
  <acceptors>
    <acceptor name="amqp">tcp://127.0.0.1:${site.port('amqp')}?protocols=AMQP</acceptor>
    <acceptor name="core">tcp://127.0.0.1:${site.port('core')}?protocols=CORE</acceptor>
    <acceptor name="amqps">tcp://127.0.0.1:${site.port('amqps')}?${amqps}</acceptor>
  </acceptors>
  <address-settings>
    <address-setting match="#">
      <dead-letter-address>dead-letters</dead-letter-address>
      <max-delivery-attempts>10</max-delivery-attempts>
      <auto-create-queues>true</auto-create-queues>
      <auto-delete-queues>false</auto-delete-queues>
      <auto-create-addresses>true</auto-create-addresses>
      <auto-delete-addresses>false</auto-delete-addresses>
    </address-setting>
    <address-setting match="fixed.#">
      <auto-create-queues>false</auto-create-queues>
      <auto-create-addresses>false</auto-create-addresses>
    </address-setting>
  </address-settings>
  <addresses>
    <address name="dead-letters"><anycast><queue name="dead-letters"/></anycast></address>
  </addresses>
</core>
</configuration>
`;
}
