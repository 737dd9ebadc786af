import type { Connection, SASLCustomAuthenticator } from '@platformatic/kafka';

/** The part of a session after which its connection is replaced, once it has no request in flight. */
const USABLE = 0.8;

const ends = new WeakMap<Connection, number>();

/**
 * A broker ends a session at some time, for example when its token expires, and then closes the connection. The library would authenticate again on the
 * same connection, between whose two steps a broker takes no other request: one that is on its way then breaks the connection.
 */
export function untilSessionEnds(authenticate: SASLCustomAuthenticator): SASLCustomAuthenticator {
  return (mechanism, connection, api, username, password, token, callback) =>
    authenticate(mechanism, connection, api, username, password, token, (error, answer) => {
      if (error || answer === undefined) return callback(error, undefined as never);
      const lifeMs = Number(answer.sessionLifetimeMs);
      if (lifeMs > 0) ends.set(connection, Date.now() + lifeMs * USABLE);
      return callback(null, { ...answer, sessionLifetimeMs: 0n });
    });
}

/** Whether the broker will soon hang up. */
export const isSessionEnding = (connection: Connection): boolean => Date.now() >= (ends.get(connection) ?? Number.POSITIVE_INFINITY);
