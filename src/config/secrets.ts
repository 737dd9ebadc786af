import { ConnectError } from '../api/errors.ts';
import { optionName } from './option-path.ts';
import { type Reference, type ReferenceKind, textsIn, tokenize } from './references.ts';
import { SecretFault, type SecretProvider, secretProviders } from './secret-providers.ts';

export interface SecretResolverOptions {
  readonly providers?: Readonly<Record<ReferenceKind, SecretProvider>>;
  /** How long a value is kept, so that a warm function does not ask again each time. Default 300,000. */
  readonly ttlMs?: number;
}

/**
 * Makes a function that returns a JSON value with every `${...}` replaced by what it stands for, wherever it is in a text.
 * It throws SECRET_UNRESOLVED that names the option and the reference, never a value. AWS clients load with the first
 * reference that needs them. A reference in the resolved value is text like any other.
 */
export function createSecretResolver(options: SecretResolverOptions = {}): <T>(value: T) => Promise<T> {
  const { providers = secretProviders, ttlMs = 300_000 } = options;
  const kept = new Map<string, { readonly value: Promise<string>; readonly until: number }>();

  const read = (reference: Reference): Promise<string> => {
    if (reference.kind === 'env') return providers.env(reference);
    const known = kept.get(reference.shown);
    if (known !== undefined && known.until > Date.now()) return known.value;
    const value = providers[reference.kind](reference);
    kept.set(reference.shown, { value, until: Date.now() + ttlMs });
    value.catch(() => kept.delete(reference.shown));
    return value;
  };

  const resolveText = async (text: string, path: readonly string[]): Promise<string> => {
    const pieces = tokenize(text).map(async (piece) => {
      if (typeof piece === 'string') return piece;
      if ('malformed' in piece) throw unresolved(path, piece.malformed, new SecretFault('it is malformed', 'write ${env:NAME}'));
      return read(piece).catch((error: unknown) => Promise.reject(unresolved(path, piece.shown, error)));
    });
    return (await Promise.all(pieces)).join('');
  };

  return async <T>(value: T): Promise<T> => {
    const resolved = new Map<string, string>();
    const texts = [...textsIn(value)].filter(({ text }) => text.includes('${'));
    await Promise.all(texts.map(async ({ path, text }) => resolved.set(text, await resolveText(text, path))));
    return replaceTexts(value, resolved) as T;
  };
}

function replaceTexts(value: unknown, resolved: ReadonlyMap<string, string>): unknown {
  if (typeof value === 'string') return resolved.get(value) ?? value;
  if (Array.isArray(value)) return value.map((item) => replaceTexts(item, resolved));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, replaceTexts(item, resolved)]));
}

/** A vendor's own message is left out: what it says is not ours to vouch for. */
function unresolved(path: readonly string[], shown: string, error: unknown): ConnectError {
  const option = path.length === 0 ? '' : `${optionName(path)}: `;
  const fault = error instanceof SecretFault ? error : new SecretFault((error as Error).name, 'try again', true);
  return new ConnectError('SECRET_UNRESOLVED', `${option}${shown} can't be resolved: ${fault.message}`, {
    retriable: fault.retriable,
    remedy: fault.remedy,
  });
}
