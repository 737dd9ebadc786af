import { ConnectError, toConnectError } from '../api/index.ts';
import { withoutSecrets } from '../config/known-secrets.ts';
import type { ResolveSecrets } from '../runtime/run/contracts.ts';

/** A span may keep an invocation for so long. */
export const MOST_MS = 1_000;

export interface Collector {
  /** The address without `/v1/traces`. */
  readonly endpoint: string;
  /** `name=value,name=value`, as OTEL_EXPORTER_OTLP_HEADERS has them. */
  readonly headers?: string;
}

/**
 * Sends a request to the collector and waits for its answer, a second in all. Resolves with what went wrong, in one line without a secret;
 * undefined where the collector took it. It never throws.
 */
export async function sendTrace(
  body: object,
  { endpoint, headers = '' }: Collector,
  resolveSecrets: ResolveSecrets,
): Promise<string | undefined> {
  const signal = AbortSignal.timeout(MOST_MS);
  const { promise: late, reject } = Promise.withResolvers<never>();
  const giveUp = () => reject(new Error(`no answer in ${MOST_MS} ms`));
  signal.addEventListener('abort', giveUp);
  try {
    const given = await Promise.race([headersOf(headers, resolveSecrets), late]);
    const url = `${endpoint.replace(/\/+$/, '')}/v1/traces`;
    if (!URL.canParse(url)) throw invalid('OTEL_EXPORTER_OTLP_ENDPOINT is no address', 'write it as http://127.0.0.1:4318');
    const text = JSON.stringify(body);
    const request = fetch(url, {
      method: 'POST',
      headers: given,
      body: text,
      signal,
      redirect: 'manual',
    });
    const response = await Promise.race([request, late]);
    // An answer that nobody reads keeps its connection.
    await Promise.race([response.body?.cancel(), late]);
    return response.ok ? undefined : `the collector answered ${response.status}`;
  } catch (error) {
    return withoutSecrets(why(error));
  } finally {
    signal.removeEventListener('abort', giveUp);
  }
}

/** The cause says more than `fetch failed`. */
function why(error: unknown): string {
  const { cause } = error as { cause?: unknown };
  return cause instanceof Error ? cause.message : toConnectError(error).line;
}

const invalid = (message: string, remedy: string): ConnectError => new ConnectError('CONFIG_INVALID', message, { remedy });

/** Returns the headers of the request, with percent escapes undone and references read. */
async function headersOf(text: string, resolveSecrets: ResolveSecrets): Promise<Headers> {
  const pairs = text
    .split(',')
    .map((pair) => pair.trim())
    .filter((pair) => pair !== '');
  const given = pairs.map((pair) => {
    const end = pair.indexOf('=');
    if (end < 1) throw invalid('OTEL_EXPORTER_OTLP_HEADERS has a header without a value', 'write it as name=value,name=value');
    return [pair.slice(0, end).trim(), asReference(unescaped(pair.slice(end + 1).trim()))] as const;
  });
  const resolved = await resolveSecrets(Object.fromEntries(given));
  const headers = new Headers();
  for (const [index, [name, value]] of Object.entries(resolved).entries()) add(headers, name, value, index + 1);
  headers.set('content-type', 'application/json');
  return headers;
}

/** The error of `Headers` would show the value. */
function add(headers: Headers, name: string, value: string, place: number): void {
  try {
    headers.set(name, value);
  } catch {
    throw invalid(`header ${place} of OTEL_EXPORTER_OTLP_HEADERS has a name or a value that HTTP does not allow`, 'correct it');
  }
}

/** In files whose tool resolves `${...}` itself, references stand without it. */
const asReference = (value: string): string => (/^(secretsmanager|ssm):[\w/]/.test(value) ? `\${${value}}` : value);

function unescaped(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}
