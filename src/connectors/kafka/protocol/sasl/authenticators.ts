import { AuthenticationError, type Connection, type SASLCustomAuthenticator, saslScramSha } from '@platformatic/kafka';
import type { Direction } from '../../../../api/index.ts';
import { type ErrorEntry, errorFrom } from '../../../../kit/index.ts';
import { connectionError } from '../errors/connection-errors.ts';
import type { BearerTokens } from './bearer-tokens.ts';

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

const { createNonce, h, hi, hmac, parseParameters, ScramAlgorithms, xor } = saslScramSha;

/** Says that there is no channel binding. */
const HEADER = 'n,,';

type Send = (bytes: string) => Promise<Buffer>;

/**
 * SCRAM as RFC 5802 has it, from the library's own parts: its own way escapes only the first comma of a user name, so that another
 * user is asked for.
 */
export const authenticateByScram: SASLCustomAuthenticator = (mechanism, connection, authenticate, username, password, _token, callback) => {
  let last: Parameters<typeof callback>[1];
  const send: Send = (bytes) =>
    new Promise((resolve, reject) => {
      authenticate(connection, Buffer.from(bytes), (error, answer) => {
        last = answer;
        if (error) reject(new AuthenticationError('SASL authentication failed.', { cause: error }));
        else resolve((answer as NonNullable<typeof answer>).authBytes);
      });
    });
  prove(mechanism.slice('SCRAM-'.length) as keyof typeof ScramAlgorithms, String(username), String(password), send).then(
    () => callback(null, last as NonNullable<typeof last>),
    (error: Error) => callback(error, undefined as never),
  );
};

/** As part of a SCRAM message. */
const escapeName = (name: string): string => name.replaceAll('=', '=3D').replaceAll(',', '=2C');

async function prove(algorithm: keyof typeof ScramAlgorithms, username: string, password: string, send: Send): Promise<void> {
  const definition = ScramAlgorithms[algorithm];
  const nonce = createNonce();
  const first = `n=${escapeName(username)},r=${nonce}`;
  const offer = parseParameters(await send(`${HEADER}${first}`));
  const iterations = Number(offer.i);
  if (!offer.r?.startsWith(nonce)) throw new AuthenticationError('The answer is to another question.');
  if (!(iterations >= definition.minIterations)) throw new AuthenticationError(`${offer.i} iterations are too few to be safe.`);
  const salted = await hi(definition, password, Buffer.from(offer.s ?? '', 'base64'), iterations);
  const last = `c=${Buffer.from(HEADER).toString('base64')},r=${offer.r}`;
  const messages = `${first},${offer.__original},${last}`;
  const clientKey = hmac(definition, salted, 'Client Key');
  const proof = xor(clientKey, hmac(definition, h(definition, clientKey), messages));
  const verdict = parseParameters(await send(`${last},p=${proof.toString('base64')}`));
  const expected = hmac(definition, hmac(definition, salted, 'Server Key'), messages).toString('base64');
  if (verdict.v !== expected) throw new AuthenticationError(verdict.e ?? 'The server does not know the password.');
}

const SEPARATOR = '\x01';

/**
 * OAUTHBEARER as RFC 7628 has it. A broker may refuse a token in an answer that the library takes for success, and waits for a last
 * message before it hangs up.
 */
export function authenticateByToken(
  tokens: BearerTokens,
  extensions: Readonly<Record<string, string>>,
  refused: ErrorEntry,
  section: Direction,
): SASLCustomAuthenticator {
  return (_mechanism, connection, authenticate, _username, _password, _token, callback) => {
    const fields = [`auth=Bearer ${tokens.current}`, ...Object.entries(extensions).map(([name, value]) => `${name}=${value}`)];
    const address = `${connection.host}:${connection.port}`;
    const refuse = (cause?: Error) => callback(errorFrom(refused, `the Kafka broker at ${address}`, cause), undefined as never);
    authenticate(connection, Buffer.from(`n,,${SEPARATOR}${fields.join(SEPARATOR)}${SEPARATOR}${SEPARATOR}`), (error, answer) => {
      if (error && connectionError(error, address, section).code === 'AUTH_FAILED') refuse(error);
      else if (error) callback(new AuthenticationError('SASL authentication failed.', { cause: error }), undefined as never);
      else if (answer !== undefined && answer.authBytes.length === 0) callback(null, answer);
      else authenticate(connection, Buffer.from(SEPARATOR), () => refuse());
    });
  };
}
