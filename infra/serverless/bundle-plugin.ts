import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { functionsArchive } from './bundle/functions-archive.ts';
import type { Hooks, PluginTools, Serverless } from './plugin/osls.ts';

/** Bundles the functions of a checkout before osls packs them. The npm package has bundled functions and does not need it. */
export default class BundlePlugin {
  readonly hooks: Hooks = {
    'before:package:createDeploymentArtifacts': () => this.#bundle(),
    'before:deploy:function:packageFunction': () => this.#bundle(),
  };
  readonly #serverless: Serverless;
  readonly #tools: PluginTools;

  constructor(serverless: Serverless, _options: unknown, tools: PluginTools) {
    this.#serverless = serverless;
    this.#tools = tools;
  }

  async #bundle(): Promise<void> {
    const { serviceDir, service } = this.#serverless;
    const file = path.join(serviceDir, '.serverless', `${service.service}.zip`);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, await functionsArchive((text) => this.#tools.log.warning(text)));
    service.package.artifact = file;
  }
}
