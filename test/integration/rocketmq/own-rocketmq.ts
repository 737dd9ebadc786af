import { appendFile, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { freeOffset } from '../../../infra/local/free-offset.ts';
import { fetchJars, jarFolder } from '../../../infra/local/maven.ts';
import { ServerInstance } from '../../../infra/local/server-instance.ts';
import { rocketmq } from '../../../infra/local/servers/rocketmq.ts';
import type { Server } from '../../../infra/local/servers/server.ts';
import { libDir } from '../../../infra/local/settings.ts';

/** Where `npm test` looks for what killed test processes left, by process id. */
const folder = resolve('.stack', 'test', String(process.pid));

export interface OwnRocketmqOptions {
  /** Lines of broker.conf. */
  readonly brokerConf?: readonly string[];
  /** Arguments for the Java of name server and broker. */
  readonly java?: readonly string[];
}

/** A RocketMQ for one test file, which may stop, kill, freeze and set it up as it likes. Takes some 10 s to start. */
export class OwnRocketmq {
  readonly #instance: ServerInstance;

  private constructor(instance: ServerInstance) {
    this.#instance = instance;
  }

  static async start(options: OwnRocketmqOptions = {}): Promise<OwnRocketmq> {
    const jars = await jarFolder(rocketmq.pom, rocketmq.name, libDir());
    await fetchJars(rocketmq.pom, jars, rocketmq.name, () => {});
    const server = variant(options);
    const own = new OwnRocketmq(new ServerInstance(server, { dataDir: folder, portOffset: await freeOffset(), jars }));
    try {
      await own.#instance.start(undefined);
    } catch (error) {
      await own[Symbol.asyncDispose]();
      throw error;
    }
    return own;
  }

  get namesrv(): string {
    return `127.0.0.1:${this.#instance.site.port('namesrv')}`;
  }

  get broker(): string {
    return `127.0.0.1:${this.#instance.site.port('broker')}`;
  }

  /** Sends a signal to the broker. */
  async signal(signal: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): Promise<void> {
    process.kill((await this.#instance.pid()) as number, signal);
  }

  /** Stops name server and broker, killing what still runs after `graceMs`, and starts both on the same ports and data. */
  async restart(graceMs: number): Promise<void> {
    await this.#instance.stop(graceMs);
    await this.#instance.start(undefined);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#instance.stop(0);
    await rm(folder, { recursive: true, force: true });
  }
}

function variant({ brokerConf = [], java = [] }: OwnRocketmqOptions): Server {
  return {
    ...rocketmq,
    prepare: async (site) => {
      await rocketmq.prepare(site);
      await appendFile(join(site.dir, 'conf', 'broker.conf'), brokerConf.map((line) => `${line}\n`).join(''));
    },
    processes: (site) => rocketmq.processes(site).map((process) => ({ ...process, args: [...java, ...process.args] })),
  };
}
