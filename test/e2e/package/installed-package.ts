import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

const PROJECT = path.resolve(import.meta.dirname, '../../..');
const run = promisify(execFile);

/** The npm package, packed and installed into an empty folder as its users install it, without the network. */
export class InstalledPackage {
  /** The folder of the installation. */
  readonly folder: string;
  /** The archive that `npm pack` made. */
  readonly archive: string;
  readonly #made: string;

  private constructor(made: string, archive: string) {
    this.#made = made;
    this.archive = path.join(made, archive);
    this.folder = path.join(made, 'installed');
  }

  static async create(): Promise<InstalledPackage> {
    const made = await mkdtemp(path.join(tmpdir(), 'package-'));
    await run('npm', ['pack', '--silent', '--pack-destination', made], { cwd: PROJECT });
    const [archive = ''] = (await readdir(made)).filter((name) => name.endsWith('.tgz'));
    const installed = new InstalledPackage(made, archive);
    await mkdir(installed.folder);
    const options = ['--offline', '--no-audit', '--no-fund', '--loglevel=error'];
    await run('npm', ['install', ...options, installed.archive], { cwd: installed.folder });
    return installed;
  }

  /** The folder of the package itself. */
  get root(): string {
    return path.join(this.folder, 'node_modules/rocketmq-connect-serverless');
  }

  get command(): string {
    return path.join(this.root, 'bin/rocketmq-connect.js');
  }

  read(file: string): Promise<string> {
    return readFile(path.join(this.root, file), 'utf8');
  }

  /** A folder made by `init`, with links to what `npm install` would bring. Resolves to it and to the printed text. */
  async init(name: string, ...options: readonly string[]): Promise<{ readonly folder: string; readonly printed: string }> {
    const { stdout } = await run(process.execPath, [this.command, 'init', name, ...options], { cwd: this.folder });
    const folder = path.join(this.folder, name);
    await mkdir(path.join(folder, 'node_modules'));
    await symlink(this.root, path.join(folder, 'node_modules/rocketmq-connect-serverless'));
    await symlink(path.join(PROJECT, 'node_modules/serverless'), path.join(folder, 'node_modules/serverless'));
    return { folder, printed: stdout };
  }

  /** The package of a connector that `new` wrote, with links to what `npm install` would bring. */
  async newConnector(name: string, direction = 'source'): Promise<string> {
    await run(process.execPath, [this.command, 'new', direction, name], { cwd: this.folder });
    const folder = path.join(this.folder, name);
    await mkdir(path.join(folder, 'node_modules'));
    await symlink(this.root, path.join(folder, 'node_modules/rocketmq-connect-serverless'));
    return folder;
  }

  /** A folder made by `init` that takes this connector package. */
  async initWith(name: string, connector: string): Promise<string> {
    const { folder } = await this.init(name);
    await symlink(connector, path.join(folder, 'node_modules', path.basename(connector)));
    const file = path.join(folder, 'package.json');
    const manifest = JSON.parse(await readFile(file, 'utf8'));
    await writeFile(file, JSON.stringify({ ...manifest, 'rocketmq-connect': { connectors: [path.basename(connector)] } }));
    return folder;
  }

  async remove(): Promise<void> {
    await rm(this.#made, { recursive: true, force: true });
  }
}
