import { toConnectError } from '../api/index.ts';
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
    const text = JSON.stringify(body);
    const request = fetch(url, {
      method: 'POST',
      headers: { ...given, 'content-type': 'application/json' },
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

/** Returns the headers by name, with percent escapes undone and references read. */
async function headersOf(text: string, resolveSecrets: ResolveSecrets): Promise<Record<string, string>> {
  const pairs = text
    .split(',')
    .map((pair) => pair.trim())
    .filter((pair) => pair !== '');
  const given = pairs.map((pair) => {
    const end = pair.indexOf('=');
    if (end < 1) throw new Error('OTEL_EXPORTER_OTLP_HEADERS is not of the form name=value,name=value');
    return [pair.slice(0, end).trim(), asReference(unescaped(pair.slice(end + 1).trim()))] as const;
  });
  return resolveSecrets(Object.fromEntries(given));
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
