import { javaTool } from '../install/java.ts';
import { mavenJars } from '../install/maven.ts';
import { isRegistered } from '../rocketmq-admin/readiness.ts';
import { brokerConf, namesrvConf, proxyJson } from './rocketmq-conf.ts';
import { confFile, rocketmqJava, writeConf } from './rocketmq-files.ts';
import type { Server } from './server.ts';

/** RocketMQ: a name server, and one process that is broker and gRPC proxy. */
export const rocketmq: Server = {
  name: 'rocketmq',
  installer: mavenJars(new URL('../rocketmq/pom.xml', import.meta.url)),
  // The broker opens two more ports around its own: fast remoting below, replication above. Replication and the proxy's ports listen on
  // every address, because RocketMQ has no option for them.
  ports: { namesrv: 9876, broker: 10911, brokerFast: 10909, brokerHa: 10912, grpc: 8081, proxyRemoting: 8080 },

  external: (env) =>
    env.CONNECT_ROCKETMQ_ENDPOINTS
      ? {
          rocketmqEndpoints: env.CONNECT_ROCKETMQ_ENDPOINTS,
          rocketmqNamesrv: env.CONNECT_ROCKETMQ_NAMESRV ?? env.CONNECT_ROCKETMQ_ENDPOINTS,
        }
      : undefined,
  addresses: (site) => ({
    rocketmqEndpoints: `127.0.0.1:${site.port('namesrv')}`,
    rocketmqNamesrv: `127.0.0.1:${site.port('namesrv')}`,
    rocketmqBroker: `127.0.0.1:${site.port('broker')}`,
    rocketmqProxy: `127.0.0.1:${site.port('proxyRemoting')}`,
    rocketmqGrpc: `127.0.0.1:${site.port('grpc')}`,
  }),

  prepare: (site) =>
    writeConf(site, { 'namesrv.conf': namesrvConf(site), 'broker.conf': brokerConf(site), 'rmq-proxy.json': proxyJson(site) }),

  processes: (site) => [
    {
      name: 'rocketmq-namesrv',
      command: javaTool('java'),
      args: [
        '-Xms32m',
        `-Xmx${site.heapMb('ROCKETMQ_NAMESRV', 64)}m`,
        // It has little to do after its start, which costs half as much without the second compiler.
        '-XX:TieredStopAtLevel=1',
        ...rocketmqJava(site),
        'org.apache.rocketmq.namesrv.NamesrvStartup',
        ...['-c', confFile(site, 'namesrv.conf')],
      ],
      env: { ROCKETMQ_HOME: site.dir },
      ready: async () => {},
    },
    {
      name: 'rocketmq',
      command: javaTool('java'),
      args: [
        '-Xms128m',
        `-Xmx${site.heapMb('ROCKETMQ', 384)}m`,
        '-XX:MaxDirectMemorySize=512m',
        ...rocketmqJava(site),
        'org.apache.rocketmq.proxy.ProxyStartup',
        ...['-n', `127.0.0.1:${site.port('namesrv')}`, '-pm', 'local'],
        ...['-bc', confFile(site, 'broker.conf'), '-pc', confFile(site, 'rmq-proxy.json')],
      ],
      env: { ROCKETMQ_HOME: site.dir },
      ready: () => isRegistered(`127.0.0.1:${site.port('namesrv')}`, site.port('grpc')),
    },
  ],
};
