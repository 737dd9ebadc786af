import { join } from 'node:path';
import type { Site } from './server.ts';

const properties = (entries: Readonly<Record<string, string | number | boolean>>): string =>
  Object.entries(entries)
    .map(([key, value]) => `${key}=${value}\n`)
    .join('');

export const namesrvConf = (site: Site): string =>
  properties({
    listenPort: site.port('namesrv'),
    bindAddress: '127.0.0.1',
    rocketmqHome: site.dir,
    kvConfigPath: join(site.dir, 'namesrv', 'kvConfig.json'),
    configStorePath: join(site.dir, 'namesrv', 'namesrv.properties'),
  });

export const brokerConf = (site: Site): string =>
  properties({
    brokerClusterName: 'DefaultCluster',
    brokerName: 'broker-a',
    brokerId: 0,
    namesrvAddr: `127.0.0.1:${site.port('namesrv')}`,
    brokerIP1: '127.0.0.1',
    brokerIP2: '127.0.0.1',
    bindAddress: '127.0.0.1',
    listenPort: site.port('broker'),
    haListenPort: site.port('brokerHa'),
    storePathRootDir: join(site.dir, 'store'),
    // A missing topic must be an error, as in production.
    autoCreateTopicEnable: false,
    autoCreateSubscriptionGroup: true,
    enablePropertyFilter: true,
    // A topic of this type takes messages of every type. A broker refuses to make one by default.
    enableMixedMessageType: true,
    // The broker compares 40 MB of memory each time, although nothing here sends messages for later.
    timerFlushIntervalMs: 60_000,
    // The broker's thread for transactions spins until this time is over after the start. Its default of ten seconds costs as much as all
    // else at the start.
    transactionMetricFlushInterval: 1_000,
    // The broker shares few cores with its clients, so a send may wait a second before the broker says that it is busy.
    waitTimeMillsInSendQueue: 1_000,
    // Files are sparse, but a broker maps and walks them when it starts. Small files need little disk and time.
    mappedFileSizeCommitLog: 256 * 1024 * 1024,
    maxHashSlotNum: 500_000,
    maxIndexNum: 2_000_000,
    // Messages stay until the folder is removed, even on a disk that is nearly full. Writes continue up to RocketMQ's own last limit, 90 %.
    fileReservedTime: 24 * 365,
    diskMaxUsedSpaceRatio: 90,
    cleanFileForciblyEnable: false,
    diskSpaceWarningLevelRatio: 90,
    // A pull may return thousands of messages, so that reading a topic back takes seconds, not minutes.
    maxTransferCountOnMessageInMemory: 4_000,
    maxTransferBytesOnMessageInMemory: 4 * 1024 * 1024,
    maxTransferCountOnMessageInDisk: 4_000,
    maxTransferBytesOnMessageInDisk: 4 * 1024 * 1024,
  });

/** `ports` are the names of those of the site; `own` is what this proxy has for itself. */
const anyProxyJson = (site: Site, ports: { readonly grpc: string; readonly remoting: string }, own: object): string =>
  JSON.stringify(
    {
      rocketMQClusterName: 'DefaultCluster',
      namesrvAddr: `127.0.0.1:${site.port('namesrv')}`,
      grpcServerPort: site.port(ports.grpc),
      remotingListenPort: site.port(ports.remoting),
      // The proxy sees a topic that a client asked for before it existed a second after its creation, not twenty.
      topicRouteServiceCacheRefreshSeconds: 1,
      ...own,
    },
    null,
    2,
  );

/** Of the proxy inside the broker. */
export const proxyJson = (site: Site): string => anyProxyJson(site, { grpc: 'grpc', remoting: 'proxyRemoting' }, {});

/** Of the proxy in a process of its own. */
export const clusterProxyJson = (site: Site): string =>
  anyProxyJson(
    site,
    { grpc: 'clusterGrpc', remoting: 'clusterRemoting' },
    {
      remotingAccessAddr: '127.0.0.1',
      // A client that comes through a network that a test breaks is told to send its messages through it, too. Only in cluster mode does a
      // proxy name the port by which it was asked.
      useEndpointPortFromRequest: true,
    },
  );

/**
 * Warnings and errors go to standard error, which the stack keeps in its log folder. By default RocketMQ writes under the home directory.
 */
export const logbackXml = `<configuration>
  <appender name="STDERR" class="org.apache.rocketmq.logging.ch.qos.logback.core.ConsoleAppender">
    <target>System.err</target>
    <encoder><pattern>%d{HH:mm:ss.SSS} %-5level %logger{20} %msg%n</pattern></encoder>
  </appender>
  <root level="ERROR"><appender-ref ref="STDERR"/></root>
</configuration>
`;
