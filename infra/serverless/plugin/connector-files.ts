import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { parse } from 'yaml';

export interface ConnectorFile {
  /** Relative to the service, for messages. */
  readonly name: string;
  /** Parsed, not validated. */
  readonly content: unknown;
}

/** Every `*.yml` and `*.yaml` of the folder, by name. Throws one line that names the file, and the place in it. */
export async function readConnectorFiles(serviceDir: string, folder: string): Promise<ConnectorFile[]> {
  const entries = await readdir(path.join(serviceDir, folder)).catch(() => {
    throw new Error(`there is no folder "${folder}"; create it, or set the parameter "connectors" to yours`);
  });
  const names = entries.filter((entry) => /\.ya?ml$/.test(entry)).sort();
  return Promise.all(
    names.map(async (entry) => {
      const name = path.join(folder, entry);
      const text = await readFile(path.join(serviceDir, name), 'utf8');
      try {
        return { name, content: parse(text) };
      } catch (error) {
        throw new Error(`${name} is not YAML: ${(error as Error).message.split('\n')[0]}`, { cause: error });
      }
    }),
  );
}
