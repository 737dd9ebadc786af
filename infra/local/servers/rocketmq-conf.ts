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
    // A topic that is missing is to be seen, as it is in production.
    autoCreateTopicEnable: false,
    autoCreateSubscriptionGroup: true,
    enablePropertyFilter: true,
    // Each time the broker compares 40 MB of memory, though nothing here sends messages for later.
    timerFlushIntervalMs: 60_000,
    // The broker shares few cores with its clients: a send may wait a second before the broker says that it is busy.
    waitTimeMillsInSendQueue: 1_000,
    // Files are sparse, but a broker that starts maps and walks them: small ones keep a laptop's disk and start-up small.
    mappedFileSizeCommitLog: 256 * 1024 * 1024,
    maxHashSlotNum: 500_000,
    maxIndexNum: 2_000_000,
    // Messages stay until the folder is removed, also on a disk that is nearly full, and writes go on up to RocketMQ's own last limit, 90 %.
    fileReservedTime: 24 * 365,
    diskMaxUsedSpaceRatio: 90,
    cleanFileForciblyEnable: false,
    diskSpaceWarningLevelRatio: 90,
    // A pull may return thousands of messages: reading a topic back takes seconds, not minutes.
    maxTransferCountOnMessageInMemory: 4_000,
    maxTransferBytesOnMessageInMemory: 4 * 1024 * 1024,
    maxTransferCountOnMessageInDisk: 4_000,
    maxTransferBytesOnMessageInDisk: 4 * 1024 * 1024,
  });

export const proxyJson = (site: Site): string =>
  JSON.stringify(
    {
      rocketMQClusterName: 'DefaultCluster',
      namesrvAddr: `127.0.0.1:${site.port('namesrv')}`,
      grpcServerPort: site.port('grpc'),
      remotingListenPort: site.port('proxyRemoting'),
      // A topic that was asked for before it existed is seen a second after it was made, not twenty.
      topicRouteServiceCacheRefreshSeconds: 1,
    },
    null,
    2,
  );

/** Warnings and errors go to standard error, which the stack keeps in its log folder; the defaults write under the home directory. */
export const logbackXml = `<configuration>
  <appender name="STDERR" class="org.apache.rocketmq.logging.ch.qos.logback.core.ConsoleAppender">
    <target>System.err</target>
    <encoder><pattern>%d{HH:mm:ss.SSS} %-5level %logger{20} %msg%n</pattern></encoder>
  </appender>
  <root level="ERROR"><appender-ref ref="STDERR"/></root>
</configuration>
`;
