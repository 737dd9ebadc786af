import type { ConnectorPackages } from '../src/connectors/packages.ts';

/**
 * The connector packages of this deployment. The functions' archive has this module as a file of its own, which a deployment with
 * connector packages replaces.
 */
export const packages: ConnectorPackages = {};
