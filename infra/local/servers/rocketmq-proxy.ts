import { RemotingClient } from '../../../src/rocketmq/remoting/client.ts';
import { requestCode } from '../../../src/rocketmq/remoting/codes.ts';
import { javaTool } from '../install/java.ts';
import { rocketmq } from './rocketmq.ts';
import { clusterProxyJson } from './rocketmq-conf.ts';
import { confFile, rocketmqJava, writeConf } from './rocketmq-files.ts';
import type { Server } from './server.ts';

const ASKED_LIMIT_MS = 2_000;

/** A proxy in cluster mode before the brokers of `rocketmq`, as in production. The proxy of `rocketmq` itself is inside its broker. */
export const rocketmqProxy: Server = {
  name: 'rocketmq-proxy',
  partOf: rocketmq,
  installer: rocketmq.installer,
  ports: { clusterGrpc: 8091, clusterRemoting: 8090 },

  external: rocketmq.external,
  addresses: (site) => ({
    rocketmqClusterGrpc: `127.0.0.1:${site.port('clusterGrpc')}`,
    rocketmqClusterRemoting: `127.0.0.1:${site.port('clusterRemoting')}`,
  }),

  prepare: (site) => writeConf(site, { 'rmq-proxy.json': clusterProxyJson(site) }),

  processes: (site) => [
    {
      name: 'rocketmq-proxy',
      command: javaTool('java'),
      args: [
        // Tests ask little of it, so that the second compiler would cost more than it brings.
        ...['-Xms64m', `-Xmx${site.heapMb('ROCKETMQ_PROXY', 256)}m`, '-XX:TieredStopAtLevel=1'],
        ...rocketmqJava(site),
        'org.apache.rocketmq.proxy.ProxyStartup',
        ...['-n', `127.0.0.1:${site.port('namesrv')}`, '-pm', 'cluster', '-pc', confFile(site, 'rmq-proxy.json')],
      ],
      env: { ROCKETMQ_HOME: site.dir },
      ready: () => routes(`127.0.0.1:${site.port('clusterRemoting')}`),
    },
  ],
};

async function routes(address: string): Promise<void> {
  const client = new RemotingClient({});
  try {
    await client.request(address, { code: requestCode.GET_ROUTEINFO_BY_TOPIC, fields: { topic: 'DefaultCluster' } }, ASKED_LIMIT_MS);
  } finally {
    client.close();
  }
}
