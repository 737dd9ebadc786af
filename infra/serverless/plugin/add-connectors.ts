import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { loadersOf, namedPackages } from '../../../src/cli/project/connector-packages.ts';
import { withPackages } from '../../../src/connectors/packages.ts';
import { connectorTypes, taskClasses } from '../../../src/connectors/registry.ts';
import { withConnectors } from './connector-archive.ts';
import type { PluginTools, Serverless } from './osls.ts';

/** Puts the connector packages that the service's package.json names into the functions. Without any, the archive stays as it is. */
export async function addConnectors({ serviceDir, service }: Serverless, { log }: PluginTools): Promise<void> {
  const named = await namedPackages(serviceDir);
  const { artifact } = service.package;
  if (named.length === 0 || artifact === undefined) return;
  const own = { connectorTypes, taskClasses };
  const { connectorTypes: all, taskClasses: classes } = await withPackages(own, loadersOf(named));
  // This loads all of them, so that errors show up before a deployment, and not in the functions' log.
  for (const [name, load] of Object.entries(all)) if (!Object.hasOwn(connectorTypes, name)) await load();
  for (const [name, load] of Object.entries(classes)) if (!Object.hasOwn(taskClasses, name)) await load();
  const file = path.join(serviceDir, '.serverless', `${service.service}-connectors.zip`);
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, await withConnectors(await readFile(path.resolve(serviceDir, artifact)), named));
  service.package.artifact = file;
  log.notice(`Connector packages in the functions: ${named.map(({ name }) => name).join(', ')}`);
}
