import { AuthenticationError, type SASLCustomAuthenticator } from '@platformatic/kafka';
import type { Direction } from '../../../../api/index.ts';
import { type ErrorEntry, errorFrom } from '../../../../kit/index.ts';
import { connectionError } from '../errors/connection-errors.ts';
import type { BearerTokens } from './bearer-tokens.ts';

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
