import { type Registry, withPackages } from '../../connectors/packages.ts';
import { connectorTypes, taskClasses } from '../../connectors/registry.ts';
import { loadersOf, namedPackages } from './connector-packages.ts';

let registry: Promise<Registry> | undefined;

/**
 * Returns the connector types of this product and those of the packages that the project in the working directory names. It reads them
 * once.
 */
export function projectRegistry(): Promise<Registry> {
  registry ??= namedPackages(process.cwd()).then((named) => withPackages({ connectorTypes, taskClasses }, loadersOf(named)));
  return registry;
}
