import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { readValidDocuments, type ValidDocument } from '../../../src/cli/shared/documents.ts';
import type { Output } from '../../../src/cli/terminal/output.ts';

const CONNECTOR_FILE = /\.ya?ml$/;

export function hasConnectorFiles(serviceDir: string, folder: string): boolean {
  const full = path.resolve(serviceDir, folder);
  return existsSync(full) && readdirSync(full).some((name) => CONNECTOR_FILE.test(name));
}

/**
 * Reads and validates the connector files of a folder, without reaching what they name. Reports each wrong file, with line and column, and
 * then throws.
 */
export async function readConnectorFolder(serviceDir: string, folder: string, output: Output): Promise<ValidDocument[]> {
  const full = path.resolve(serviceDir, folder);
  if (!existsSync(full)) throw new Error(`there is no folder ${folder}; create it, or set the parameter "connectors" to yours`);
  const files = readdirSync(full).filter((name) => CONNECTOR_FILE.test(name));
  if (files.length === 0) output.note(`There are no connector files in ${folder} yet; see its README.md`);
  const names = files.sort().map((name) => path.relative(process.cwd(), path.join(full, name)));
  const documents = await readValidDocuments(names, output);
  if (documents === undefined) throw new Error(`correct the connector files in ${folder} first; the deployment changed nothing`);
  return documents;
}
