import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

const PROJECT = path.resolve(import.meta.dirname, '../../..');
const PARTS = ['functions', 'infra', 'src', 'node_modules', 'package.json', 'serverless.yml'];

export interface SlsResult {
  readonly code: number;
  /** Standard output and standard error, as a terminal shows them. */
  readonly output: string;
}

/** The project as `sls` sees it, with a `connectors` folder and an output folder of its own. */
export class Service {
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  static async create(): Promise<Service> {
    const folder = await mkdtemp(path.join(tmpdir(), 'service-'));
    for (const part of PARTS) await symlink(path.join(PROJECT, part), path.join(folder, part));
    await mkdir(path.join(folder, 'connectors'));
    return new Service(folder);
  }

  async writeConnector(name: string, content: string): Promise<void> {
    await writeFile(path.join(this.folder, 'connectors', `${name}.yml`), content);
  }

  async removeConnector(name: string): Promise<void> {
    await rm(path.join(this.folder, 'connectors', `${name}.yml`));
  }

  /** Runs osls with nothing in its environment but a path and `env`. */
  async sls(args: readonly string[], env: Readonly<Record<string, string>>): Promise<SlsResult> {
    const bin = path.join(PROJECT, 'node_modules/.bin');
    const child = spawn(process.execPath, [path.join(bin, 'sls'), ...args], {
      cwd: this.folder,
      env: { PATH: `${bin}:${process.env.PATH}`, HOME: this.folder, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text;
      });
    }
    const [code] = (await once(child, 'close')) as [number];
    return { code, output };
  }

  async remove(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }
}
