import type { ConnectorPackages, Registry } from '../src/connectors/packages.ts';
import { connectorTypes, taskClasses } from '../src/connectors/registry.ts';

/** Returns the connectors of this product, and those of packages where there are any. */
export async function registryWith(packages: ConnectorPackages): Promise<Registry> {
  const own = { connectorTypes, taskClasses };
  return Object.keys(packages).length === 0 ? own : (await import('../src/connectors/packages.ts')).withPackages(own, packages);
}
