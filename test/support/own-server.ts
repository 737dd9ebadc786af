import { rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import { freeOffset } from '../../infra/local/free-offset.ts';
import { installOnce, programFolder } from '../../infra/local/install/installer.ts';
import { libDir } from '../../infra/local/install/settings.ts';
import { ServerInstance } from '../../infra/local/server-instance.ts';
import type { Server } from '../../infra/local/servers/server.ts';
import { sendSignal } from './send-signal.ts';
import { shortLived } from './short-lived.ts';

/** Where `npm test` looks for what killed test processes left, by process id. */
const folder = resolve('.stack', 'test', String(process.pid));

/** A server for one test file, which may stop, kill, freeze and set it up as it likes. Takes some 10 s to start. */
export class OwnServer {
  static readonly #alive = new Set<OwnServer>();
  readonly #instance: ServerInstance;

  private constructor(instance: ServerInstance) {
    this.#instance = instance;
    OwnServer.#alive.add(this);
  }

  /** `sameAs`: the server that it runs the programs of, where its name is another. They are then installed once. */
  static async start(server: Server, sameAs: Server = server): Promise<OwnServer> {
    const programs = await programFolder(server.installer, sameAs.name, libDir());
    await installOnce(server.installer, programs, sameAs.name);
    const own = new OwnServer(new ServerInstance(shortLived(server), { dataDir: folder, portOffset: await freeOffset(), programs }));
    try {
      await own.#instance.start(undefined);
    } catch (error) {
      await own[Symbol.asyncDispose]();
      throw error;
    }
    return own;
  }

  /** `host:port` of the port with this use. */
  address(use: string): string {
    return `127.0.0.1:${this.#instance.site.port(use)}`;
  }

  /** Its configuration, certificates and data. */
  get folder(): string {
    return this.#instance.site.dir;
  }

  /** Sends a signal to the server itself, not to its helpers (of RocketMQ: to the broker). */
  async signal(signal: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): Promise<void> {
    await sendSignal((await this.#instance.pid()) as number, signal);
  }

  /** Stops all its processes, killing what still runs after `graceMs`, and starts them on the same ports and data. */
  async restart(graceMs: number): Promise<void> {
    await this.#instance.stop(graceMs);
    await this.#instance.start(undefined);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#instance.stop(0);
    OwnServer.#alive.delete(this);
    // The folder says which processes there are, also those of another server of the same file.
    const left = OwnServer.#alive.size === 0 ? folder : this.folder;
    // What a helper of the server still writes would be in the way.
    await rm(left, { recursive: true, force: true, maxRetries: 10 });
  }
}
