import { appendFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { javaTool } from '../../../infra/local/install/java.ts';
import { rocketmq } from '../../../infra/local/servers/rocketmq.ts';
import { logbackXml, proxyJson } from '../../../infra/local/servers/rocketmq-conf.ts';
import type { Server } from '../../../infra/local/servers/server.ts';
import { RemotingClient } from '../../../src/rocketmq/remoting/client.ts';
import { requestCode } from '../../../src/rocketmq/remoting/codes.ts';

export interface OwnRocketmq {
  /** More lines of broker.conf. */
  readonly brokerConf: readonly string[];
  /** More arguments for the Java of name server and broker. */
  readonly java: readonly string[];
  /** More settings of the proxy. Default: none. */
  readonly proxy?: Readonly<Record<string, unknown>>;
}

/** The stack's RocketMQ with other settings. */
export function rocketmqWith({ brokerConf, java, proxy = {} }: OwnRocketmq): Server {
  return {
    ...rocketmq,
    prepare: async (site) => {
      await rocketmq.prepare(site);
      await appendFile(join(site.dir, 'conf', 'broker.conf'), brokerConf.map((line) => `${line}\n`).join(''));
      const settings = { ...(JSON.parse(proxyJson(site)) as object), ...proxy };
      await writeFile(join(site.dir, 'conf', 'rmq-proxy.json'), JSON.stringify(settings));
    },
    processes: (site) => rocketmq.processes(site).map((process) => ({ ...process, args: [...java, ...process.args] })),
  };
}

/** A proxy in a process of its own in front of running brokers, as in production; the stack has its proxy inside the broker. */
export function clusterProxy(namesrv: string): Server {
  return {
    name: 'rocketmq-proxy',
    installer: rocketmq.installer,
    ports: { grpc: 8081, remoting: 8080 },
    external: () => undefined,
    addresses: () => ({}),
    async prepare(site) {
      const settings = {
        rocketMQClusterName: 'DefaultCluster',
        namesrvAddr: namesrv,
        grpcServerPort: site.port('grpc'),
        remotingListenPort: site.port('remoting'),
        remotingAccessAddr: '127.0.0.1',
      };
      await mkdir(join(site.dir, 'conf'), { recursive: true });
      await writeFile(join(site.dir, 'conf', 'rmq-proxy.json'), JSON.stringify(settings));
      await writeFile(join(site.dir, 'conf', 'rmq.logback.xml'), logbackXml);
    },
    processes: (site) => [
      {
        name: 'rocketmq-proxy',
        command: javaTool('java'),
        args: [
          ...['-Xms64m', '-Xmx256m', '-XX:+UseSerialGC', `-Duser.home=${site.dir}`, '--add-exports=java.base/sun.nio.ch=ALL-UNNAMED'],
          ...['-cp', `${join(site.dir, 'conf')}:${join(site.programs, '*')}`, 'org.apache.rocketmq.proxy.ProxyStartup'],
          ...['-n', namesrv, '-pm', 'cluster', '-pc', join(site.dir, 'conf', 'rmq-proxy.json')],
        ],
        env: { ROCKETMQ_HOME: site.dir },
        ready: () => routes(`127.0.0.1:${site.port('remoting')}`),
      },
    ],
  };
}

async function routes(address: string): Promise<void> {
  const client = new RemotingClient({});
  try {
    await client.request(address, { code: requestCode.GET_ROUTEINFO_BY_TOPIC, fields: { topic: 'DefaultCluster' } }, 2_000);
  } finally {
    client.close();
  }
}
