import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

const PROJECT = path.resolve(import.meta.dirname, '../../..');
const FOLDERS = ['functions', 'infra', 'src', 'node_modules'];
const FILES = ['package.json', 'serverless.yml'];

export interface SlsResult {
  readonly code: number;
  /** Standard output and standard error, as a terminal shows them. */
  readonly output: string;
}

/** A folder that `sls` deploys. */
export class Service {
  readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
  }

  /** The project as `sls` sees it, with a `connectors` folder and an output folder of its own. */
  static async create(): Promise<Service> {
    const folder = await mkdtemp(path.join(tmpdir(), 'service-'));
    for (const name of FOLDERS) await symlink(path.join(PROJECT, name), path.join(folder, name));
    for (const name of FILES) await copyFile(path.join(PROJECT, name), path.join(folder, name));
    await mkdir(path.join(folder, 'connectors'));
    return new Service(folder);
  }

  /** As `create`, with this archive of functions: to bundle them takes half of the processor time of a deployment. */
  static async createWith(archive: Uint8Array): Promise<Service> {
    const service = await Service.create();
    const file = path.join(service.folder, 'serverless.yml');
    const yml = (await readFile(file, 'utf8')).replace(/^ *- \S+bundle-plugin\.cjs\n/m, '');
    await writeFile(file, `${yml}\npackage:\n  artifact: functions.zip\n`);
    await writeFile(path.join(service.folder, 'functions.zip'), archive);
    return service;
  }

  async writeConnector(name: string, content: string): Promise<void> {
    await writeFile(path.join(this.folder, 'connectors', `${name}.yml`), content);
  }

  async removeConnector(name: string): Promise<void> {
    await rm(path.join(this.folder, 'connectors', `${name}.yml`));
  }

  /** Runs osls with nothing in its environment but paths and `env`. */
  async sls(args: readonly string[], env: Readonly<Record<string, string>>): Promise<SlsResult> {
    const bin = path.join(PROJECT, 'node_modules/.bin');
    const { PATH, NODE_COMPILE_CACHE } = process.env;
    const child = spawn(process.execPath, [path.join(bin, 'sls'), ...args], {
      cwd: this.folder,
      env: {
        PATH: `${bin}:${PATH}`,
        HOME: this.folder,
        // Half of the processor time of a short osls goes into compiling itself and its schemas, where no earlier start has done so.
        ...(NODE_COMPILE_CACHE !== undefined && { NODE_COMPILE_CACHE }),
        SLS_SCHEMA_CACHE_BASE_DIR: path.join(PROJECT, '.stack'),
        // Looks at the stack's state ten times a second instead of every five seconds.
        SLS_AWS_MONITORING_FREQUENCY: '100',
        ...env,
      },
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
