import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { text as wholeText } from 'node:stream/consumers';
import { getCACertificates } from 'node:tls';
import { ConnectError, type Direction } from '../../../../api/index.ts';
import {
  anyOther,
  type ErrorEntry,
  type ErrorTable,
  entryFor,
  errorFrom,
  perSection,
  type SystemError,
  socketErrors,
  withPatience,
} from '../../../../kit/index.ts';
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

const LATER = 'wait for the identity provider; the next run tries again';
/** Where an answer does not say how long its token lives. */
const UNTOLD_LIFE_S = 60;

/** A status, and what the provider says of it. */
interface Refusal extends SystemError {
  readonly code: number;
}

const addressRemedy = (section: Direction): string => `set ${section}.sasl.tokenEndpoint to the token endpoint of the identity provider`;

/** What keeps a request from its answer, by Node's code. */
const requestErrors = perSection((section): ErrorTable => {
  const reach = `check ${section}.sasl.tokenEndpoint, and that this network may reach it`;
  const trust = `set ${section}.tls.ca to the certificates of the brokers' authority and of this one, or correct ${section}.sasl.tokenEndpoint`;
  return [
    [
      'ABORT_ERR',
      {
        code: 'TIMEOUT',
        retriable: true,
        means: 'did not answer in time',
        remedy: `${reach}, or raise ${section}.connectTimeoutMs`,
      },
    ],
    [
      ({ code = '' }) => /^(EPROTO$|ERR_SSL)/.test(String(code)),
      ({ code }) => ({ code: 'TLS_FAILED', means: `refuses the encryption (${code})`, remedy: addressRemedy(section) }),
    ],
    ...socketErrors({ reach, trust }),
    anyOther(({ code, message }) => ({
      code: 'UNREACHABLE',
      retriable: true,
      means: `can't be reached (${code || message})`,
      remedy: reach,
    })),
  ];
});

/** Answers without a token, by their status. */
const refusals = perSection((section): ErrorTable<Refusal> => {
  const refused = (entry: Omit<ErrorEntry, 'means'>) => {
    return ({ code, message }: Refusal): ErrorEntry => ({
      ...entry,
      means: `refused the request (${message === undefined ? code : `${code} ${message}`})`,
    });
  };
  const client = `correct ${section}.sasl.clientId and ${section}.sasl.clientSecret, or allow this client the grant client_credentials`;
  return [
    ['429', refused({ code: 'THROTTLED', retriable: true, remedy: LATER })],
    [({ code }) => code === 408 || code >= 500, refused({ code: 'UNREACHABLE', retriable: true, remedy: LATER })],
    [/^invalid_scope$/, refused({ code: 'AUTH_FAILED', remedy: `correct ${section}.sasl.scope` })],
    [({ code }) => code === 400 || code === 401 || code === 403, refused({ code: 'AUTH_FAILED', remedy: client })],
    anyOther(refused({ code: 'CONFIG_INVALID', remedy: addressRemedy(section) })),
  ];
});

/** Asks an identity provider for a token by OAuth 2.0's client credentials. Throws ConnectError; nothing of the answer is in it. */
export async function fetchToken(request: TokenRequest, section: Direction): Promise<BearerToken> {
  const subject = `the token endpoint ${new URL(request.url).host}`;
  const { status, body } = await withPatience(request.timeoutMs, (signal) => post(request, signal)).catch((error: unknown) => {
    throw errorFrom(entryFor(requestErrors(section), error as Error) as ErrorEntry, subject, error);
  });
  const answer = fieldsOf(body);
  if (status !== 200)
    throw errorFrom(entryFor(refusals(section), { code: status, message: shownError(answer.error) }) as ErrorEntry, subject);
  if (typeof answer.access_token !== 'string') {
    throw new ConnectError('CONFIG_INVALID', `${subject} answered without access_token`, { remedy: addressRemedy(section) });
  }
  const life = Number(answer.expires_in ?? UNTOLD_LIFE_S);
  return { value: answer.access_token, until: usableUntil(Date.now() + (Number.isFinite(life) ? life : UNTOLD_LIFE_S) * 1_000) };
}

function post(
  { url, clientId, clientSecret, scope, ca }: TokenRequest,
  signal: AbortSignal,
): Promise<{ readonly status: number; readonly body: string }> {
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
    signal,
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

/** A provider's own name for what is wrong; other text might show what nobody should see. */
const shownError = (error: unknown): string | undefined => (typeof error === 'string' && /^[a-z_]{1,40}$/.test(error) ? error : undefined);

function fieldsOf(body: string): Readonly<Record<string, unknown>> {
  try {
    const answer: unknown = JSON.parse(body);
    return typeof answer === 'object' && answer !== null ? (answer as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
