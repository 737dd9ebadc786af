import type { Socket } from 'node:net';
import rhea, { type Connection, type Receiver, type Session } from 'rhea';
import { requireInternals, type VendorInternals } from '../../../kit/vendor-internals.ts';

/** docs/architecture.md says what rhea should offer instead. */
export const rheaInternals: VendorInternals = {
  package: 'rhea',
  version: '3.0.5',
  members: {
    message: { accepted: 'function' },
    Connection: { socket: 'object', idle: 'function' },
    Session: { on_transfer: 'function' },
    Receiver: { credit: 'number' },
  },
};

requireInternals(rheaInternals, 'message', rhea.message);
const { accepted } = rhea.message as unknown as { accepted(fields: object): { described(): object } };

/** The outcome of a delivery that the broker may forget. */
export const ACCEPTED = accepted({}).described();

/** A session with the function that takes each frame of a message. */
export interface InnerSession extends Session {
  on_transfer(frame: { readonly performative: { message_format?: number | null } }): void;
}

/** A connection with its socket, which it has once it connects, and what it does about silence. */
export type InnerConnection = Connection & {
  readonly socket?: Socket;
  /** rhea calls it when it has read nothing for as long as it waits. */
  idle: () => void;
};

/** For a connection that connects. Throws INTERNAL if rhea's connection has changed. */
export function innerConnection(connection: Connection): InnerConnection {
  requireInternals(rheaInternals, 'Connection', connection);
  return connection as InnerConnection;
}

/** Throws INTERNAL if rhea's session has changed. */
export function innerSession(session: Session): InnerSession {
  requireInternals(rheaInternals, 'Session', session);
  return session as InnerSession;
}

/** A receiver with the number of messages that the broker may still send. */
export type InnerReceiver = Receiver & { readonly credit: number };

/** Throws INTERNAL if rhea's receiver has changed. */
export function innerReceiver(receiver: Receiver): InnerReceiver {
  requireInternals(rheaInternals, 'Receiver', receiver);
  return receiver as InnerReceiver;
}
