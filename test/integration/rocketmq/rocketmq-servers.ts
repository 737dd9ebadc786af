import { appendFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { rocketmq } from '../../../infra/local/servers/rocketmq.ts';
import { proxyJson } from '../../../infra/local/servers/rocketmq-conf.ts';
import type { Server } from '../../../infra/local/servers/server.ts';

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
