import { join } from 'node:path';
import { storePassword } from './java-key-store.ts';
import type { Site } from './server.ts';

export interface ActivemqUser {
  readonly name: string;
  readonly password: string;
  readonly group: string;
}

/** Groups: `all` may do everything, like clients without a name. `limited` may only read queues whose names start with `open.`. */
export const ALL = 'all';
export const LIMITED = 'limited';

/** Returns the activemq.xml of one small broker that keeps its messages over a restart. */
export function activemqXml(site: Site, users: readonly ActivemqUser[]): string {
  // TLS 1.3 in the broker's AMQP over blocking sockets is as good as 1.2. `want` also takes clients without a certificate.
  const tls = `amqp+ssl://127.0.0.1:${site.port('amqps')}?transport.wantClientAuth=true`;
  const entries = [
    entry('queue', '>', ALL, ALL),
    entry('topic', '>', ALL, ALL),
    entry('queue', 'open.>', `${ALL},${LIMITED}`, ALL),
    // The broker has to announce new and deleted destinations to every client.
    entry('topic', 'ActiveMQ.Advisory.>', `${ALL},${LIMITED}`, `${ALL},${LIMITED}`),
  ];
  return `<beans xmlns="http://www.springframework.org/schema/beans" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
  xsi:schemaLocation="http://www.springframework.org/schema/beans http://www.springframework.org/schema/beans/spring-beans.xsd
  http://activemq.apache.org/schema/core http://activemq.apache.org/schema/core/activemq-core.xsd">
<broker xmlns="http://activemq.apache.org/schema/core" brokerName="stack" useJmx="false" dataDirectory="${site.dir}/data">
  <destinationPolicy><policyMap><policyEntries>
    <!-- What a consumer gives back goes to its old place. What does not fit into memory waits in the store, and producers wait for nothing. -->
    <policyEntry queue="&gt;" strictOrderDispatch="true" producerFlowControl="false" memoryLimit="32mb"/>
    <policyEntry topic="&gt;" producerFlowControl="false" memoryLimit="32mb"/>
  </policyEntries></policyMap></destinationPolicy>
  <systemUsage><systemUsage><memoryUsage><memoryUsage limit="64mb"/></memoryUsage></systemUsage></systemUsage>
  <persistenceAdapter>
    <!-- Files outlive the process without it, and it would cost a disk write for each message. -->
    <kahaDB directory="${site.dir}/data/kahadb" journalDiskSyncStrategy="never" journalMaxFileLength="16mb"/>
  </persistenceAdapter>
  <plugins>
    <statisticsBrokerPlugin/>
    <simpleAuthenticationPlugin anonymousAccessAllowed="true" anonymousGroup="${ALL}">
      <users>
${users.map(({ name, password, group }) => `        <authenticationUser username="${name}" password="${password}" groups="${group}"/>`).join('\n')}
      </users>
    </simpleAuthenticationPlugin>
    <authorizationPlugin><map><authorizationMap><authorizationEntries>
${entries.join('\n')}
    </authorizationEntries></authorizationMap></map></authorizationPlugin>
  </plugins>
  <sslContext>
    <sslContext keyStore="${join(site.dir, 'server.p12')}" keyStoreType="PKCS12" keyStorePassword="${storePassword}"
      trustStore="${join(site.dir, 'server.p12')}" trustStoreType="PKCS12" trustStorePassword="${storePassword}"/>
  </sslContext>
  <transportConnectors>
    <transportConnector name="openwire" uri="tcp://127.0.0.1:${site.port('openwire')}"/>
    <transportConnector name="amqps" uri="${tls}"/>
    <!-- The last that opens: who finds it open finds all. -->
    <transportConnector name="amqp" uri="amqp://127.0.0.1:${site.port('amqp')}"/>
  </transportConnectors>
</broker>
</beans>
`;
}

const entry = (kind: 'queue' | 'topic', name: string, read: string, others: string): string =>
  `      <authorizationEntry ${kind}="${name.replaceAll('>', '&gt;')}" read="${read}" write="${others}" admin="${others}"/>`;
