import type { Socket } from 'node:net';
import type { Connection } from 'mysql2';
import { requireInternals, type VendorInternals } from '../../../kit/vendor-internals.ts';

/** docs/architecture.md says what mysql2 should offer instead. */
export const mysql2Internals: VendorInternals = {
  package: 'mysql2',
  version: '3.24.6',
  members: {
    Connection: { stream: 'object' },
    // Of the log's events, by way of zongji. Only the unit test checks packets, because they come too often to check each.
    Packet: { buffer: 'object', offset: 'number', end: 'number' },
  },
};

/** The client without promises, with its socket. */
export type ConnectionWithSocket = Connection & { readonly stream: Socket };

/** Returns a client without promises with its socket. Throws INTERNAL if mysql2's connections have changed. */
export function withSocket(connection: Connection): ConnectionWithSocket {
  requireInternals(mysql2Internals, 'Connection', connection);
  return connection as ConnectionWithSocket;
}
