import { AuthenticationError, type SASLCustomAuthenticator, saslScramSha } from '@platformatic/kafka';

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
export const escapeName = (name: string): string => name.replaceAll('=', '=3D').replaceAll(',', '=2C');

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
