/** What connectors share, and the runtime with them: tables of errors, limits of time, fair turns, keys, TLS. No I/O in this folder. */
export * from './assignment.ts';
export * from './bell.ts';
export * from './check-within.ts';
export * from './client-key.ts';
export * from './did-you-mean.ts';
export * from './error-entry.ts';
export * from './hash-text.ts';
export * from './host-port.ts';
export * from './message-id.ts';
export * from './patience.ts';
export * from './receive-room.ts';
export * from './state.ts';
export * from './take-fairly.ts';
export * from './tls.ts';
export * from './typed-headers.ts';
export * from './until-aborted.ts';
export * from './untold-positions.ts';
