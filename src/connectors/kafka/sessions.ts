import type { Connection, SASLCustomAuthenticator } from '@platformatic/kafka';

/** Part of a session after which its connection is replaced once nobody uses it. */
const USABLE = 0.8;

const ends = new WeakMap<Connection, number>();

/**
 * Brokers give a session an end, that of a token for instance, after which they hang up. The library would prove itself anew on the
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
