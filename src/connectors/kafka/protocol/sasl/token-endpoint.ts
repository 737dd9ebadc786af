import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { text as wholeText } from 'node:stream/consumers';
import { getCACertificates } from 'node:tls';
import { ConnectError } from '../../../../api/index.ts';
import { type ErrorEntry, errorFrom, socketErrors } from '../../../../kit/index.ts';
import { type BearerToken, usableUntil } from './bearer-tokens.ts';

export interface TokenRequest {
  readonly url: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly scope: string | undefined;
  /** Trusted besides Node's own list, as PEM text. */
  readonly ca: string | undefined;
  /** For the whole answer. */
  readonly timeoutMs: number;
}

const REACH = 'check source.sasl.tokenEndpoint, and that this network may reach it';
const CLIENT = 'correct source.sasl.clientId and source.sasl.clientSecret, or allow this client the grant client_credentials';
const ADDRESS = 'set source.sasl.tokenEndpoint to the token endpoint of the identity provider';
const LATER = 'wait for the identity provider; the next run tries again';
/** Where an answer does not say how long its token lives. */
const UNTOLD_LIFE_S = 60;

const SOCKET = socketErrors({
  reach: REACH,
  trust: "set source.tls.ca to the certificates of the brokers' authority and of this one, or correct source.sasl.tokenEndpoint",
});

/** Asks an identity provider for a token by OAuth 2.0's client credentials. Throws ConnectError; nothing of the answer is in it. */
export async function fetchToken(request: TokenRequest): Promise<BearerToken> {
  const subject = `the token endpoint ${new URL(request.url).host}`;
  const { status, body } = await post(request).catch((error: unknown) => Promise.reject(errorFrom(socketEntry(error), subject, error)));
  const answer = fieldsOf(body);
  if (status !== 200) throw errorFrom(refusal(status, answer.error), subject);
  if (typeof answer.access_token !== 'string') {
    throw new ConnectError('CONFIG_INVALID', `${subject} answered without access_token`, { remedy: ADDRESS });
  }
  const life = Number(answer.expires_in ?? UNTOLD_LIFE_S);
  return { value: answer.access_token, until: usableUntil(Date.now() + (Number.isFinite(life) ? life : UNTOLD_LIFE_S) * 1_000) };
}

async function post({ url, clientId, clientSecret, scope, ca, timeoutMs }: TokenRequest): Promise<{ status: number; body: string }> {
  const form = new URLSearchParams({ grant_type: 'client_credentials', ...(scope === undefined ? {} : { scope }) }).toString();
  const credentials = [clientId, clientSecret].map(encodeURIComponent).join(':');
  const options = {
    method: 'POST',
    // Tokens are fetched rarely, and a connection that was idle may be dead: a frozen process is not told.
    agent: false,
    headers: {
      authorization: `Basic ${Buffer.from(credentials).toString('base64')}`,
      'content-type': 'application/x-www-form-urlencoded',
      'content-length': Buffer.byteLength(form),
      accept: 'application/json',
    },
    signal: AbortSignal.timeout(timeoutMs),
    ...(ca === undefined ? {} : { ca: [...getCACertificates('default'), ca] }),
  };
  const { promise, resolve, reject } = Promise.withResolvers<{ status: number; body: string }>();
  const send = url.startsWith('https:') ? requestHttps : requestHttp;
  send(url, options, (response) => {
    wholeText(response).then((body) => resolve({ status: response.statusCode ?? 0, body }), reject);
  })
    .on('error', reject)
    .end(form);
  return promise;
}

function socketEntry(error: unknown): ErrorEntry {
  const { code = '', message = '' } = error as { code?: string; message?: string };
  if (code === 'ABORT_ERR')
    return { code: 'TIMEOUT', retriable: true, means: 'did not answer in time', remedy: `${REACH}, or raise source.connectTimeoutMs` };
  if (code === 'EPROTO' || code.startsWith('ERR_SSL'))
    return { code: 'TLS_FAILED', means: `refuses the encryption (${code})`, remedy: ADDRESS };
  return SOCKET[code] ?? { code: 'UNREACHABLE', retriable: true, means: `can't be reached (${code || message})`, remedy: REACH };
}

function refusal(status: number, error: unknown): ErrorEntry {
  const means = `refused the request (${typeof error === 'string' && /^[a-z_]{1,40}$/.test(error) ? `${status} ${error}` : status})`;
  if (status === 429) return { code: 'THROTTLED', retriable: true, means, remedy: LATER };
  if (status === 408 || status >= 500) return { code: 'UNREACHABLE', retriable: true, means, remedy: LATER };
  if (error === 'invalid_scope') return { code: 'AUTH_FAILED', means, remedy: 'correct source.sasl.scope' };
  if (status === 400 || status === 401 || status === 403) return { code: 'AUTH_FAILED', means, remedy: CLIENT };
  return { code: 'CONFIG_INVALID', means, remedy: ADDRESS };
}

function fieldsOf(body: string): Readonly<Record<string, unknown>> {
  try {
    const answer: unknown = JSON.parse(body);
    return typeof answer === 'object' && answer !== null ? (answer as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
