import { rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import { freeOffset } from '../../../infra/local/free-offset.ts';
import { installOnce, programFolder } from '../../../infra/local/install/installer.ts';
import { libDir } from '../../../infra/local/install/settings.ts';
import { ServerInstance } from '../../../infra/local/server-instance.ts';
import { kafka } from '../../../infra/local/servers/kafka.ts';
import type { StackAddresses } from '../../../infra/local/stack.ts';
import { sendSignal } from '../../support/send-signal.ts';
import { shortLived } from '../../support/short-lived.ts';
import { secondBroker } from './second-broker.ts';

/** Where `npm test` looks for what killed test processes left, by process id. */
const folder = resolve('.stack', 'test', String(process.pid));

/** A Kafka for one test file, which may kill, freeze and enlarge it as it likes. Takes some 5 s to start. */
export class OwnKafka {
  readonly #first: ServerInstance;
  readonly #second: ServerInstance;

  private constructor(first: ServerInstance, second: ServerInstance) {
    this.#first = first;
    this.#second = second;
  }

  static async start(): Promise<OwnKafka> {
    const programs = await programFolder(kafka.installer, kafka.name, libDir());
    await installOnce(kafka.installer, programs, kafka.name);
    const options = { dataDir: folder, portOffset: await freeOffset(), programs };
    const first = new ServerInstance(shortLived(kafka), options);
    const own = new OwnKafka(first, new ServerInstance(shortLived(secondBroker(first.site)), options));
    try {
      await first.start(undefined);
    } catch (error) {
      await own[Symbol.asyncDispose]();
      throw error;
    }
    return own;
  }

  get addresses(): StackAddresses {
    return kafka.addresses(this.#first.site) as StackAddresses;
  }

  async signal(signal: 'SIGKILL' | 'SIGTERM' | 'SIGSTOP' | 'SIGCONT'): Promise<void> {
    await sendSignal((await this.#first.pid()) as number, signal);
  }

  /** Stops the first broker, where it still runs, and starts it on the same ports and data. */
  async restart(): Promise<void> {
    await this.#first.stop();
    await this.#first.start(undefined);
  }

  startSecond(): Promise<void> {
    return this.#second.start(undefined);
  }

  /** The second broker leaves in order: its partitions go to the first one, where that has replicas of them. */
  async stopSecond(): Promise<void> {
    await this.#second.stop();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#second.stop(0);
    await this.#first.stop(0);
    await rm(folder, { recursive: true, force: true });
  }
}
