import { createHash } from 'node:crypto';

/**
 * Key of a client in a `ClientCache`. `parts`: everything that the client depends on, as JSON. Clients with one key may be shared;
 * a secret among the parts can't be read from it.
 */
export const clientKey = (system: string, parts: readonly unknown[]): string =>
  `${system} ${createHash('sha256').update(JSON.stringify(parts)).digest('hex')}`;
