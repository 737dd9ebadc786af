import path from 'node:path';
import type { Metafile } from 'esbuild';
import { type BundleRequest, bundleFunctions } from './functions.ts';
import { loadedFiles } from './loaded-files.ts';

const project = path.resolve(import.meta.dirname, '../../..');

/** The functions, bundled as a deployment bundles them, and where each source went. Sources are named from the project's root. */
export class Bundle {
  /** The folder of its files. */
  readonly folder: string;
  readonly #outputs: Metafile['outputs'];

  private constructor(folder: string, outputs: Metafile['outputs']) {
    this.folder = folder;
    this.#outputs = outputs;
  }

  static async build(request: BundleRequest): Promise<Bundle> {
    const { outputs } = await bundleFunctions(request);
    return new Bundle(request.folder, outputs);
  }

  /** Returns the file to import for `source`, which is the function itself or something that it loads later. */
  fileOf(source: string): string {
    return path.resolve(project, this.#outputOf(source));
  }

  /** Returns all sources that Node evaluates when it imports these, and their bytes in the bundle. */
  loadedBy(sources: readonly string[]): Map<string, number> {
    return new Map([...this.filesLoadedBy(sources)].flatMap((output) => this.#inputsOf(output)));
  }

  /** Returns all files that Node loads then. */
  filesLoadedBy(sources: readonly string[]): Set<string> {
    return loadedFiles(
      this.#outputs,
      sources.map((source) => this.#outputOf(source)),
    );
  }

  #inputsOf(output: string): Array<[string, number]> {
    const inputs = Object.entries(this.#outputs[output]?.inputs ?? {});
    return inputs.filter(([, { bytesInOutput }]) => bytesInOutput > 0).map(([source, { bytesInOutput }]) => [source, bytesInOutput]);
  }

  #outputOf(source: string): string {
    const found = Object.entries(this.#outputs).find(([, { entryPoint }]) => entryPoint === source);
    if (found === undefined)
      throw new Error(`${source} has no file of its own in the bundle: it is loaded with what imports it, or not at all`);
    return found[0];
  }
}
