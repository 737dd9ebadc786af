import { ConnectError, maskMessages } from '../api/errors.ts';
import { rememberSecret, withoutSecrets } from './known-secrets.ts';
import { optionName } from './option-path.ts';
import { type Reference, type ReferenceKind, textsIn, tokenize } from './references.ts';
import { inFunction, keyOf, SecretFault, type SecretProvider, secretProviders } from './secret-providers.ts';

export interface SecretResolverOptions {
  readonly providers?: Readonly<Record<ReferenceKind, SecretProvider>>;
  /** How long a value is kept, so that a warm function does not ask again each time. Default 300,000. */
  readonly ttlMs?: number;
}

/**
 * Names of options whose value is a secret also where it comes from the environment. In a function all of them are: who names options may
 * not know what the variables hold.
 */
const SECRET_OPTION = /password|secret|token|key/i;

export interface SecretResolver {
  <T>(value: T): Promise<T>;
  /** Forgets all values, so that each is read again. */
  forget(): void;
}

/**
 * Makes a function that returns a JSON value with every `${...}` replaced by what it stands for, wherever it is in a text.
 * It throws SECRET_UNRESOLVED that names the option and the reference, never a value. AWS clients load with the first
 * reference that needs them. A reference in the resolved value is text like any other.
 */
export function createSecretResolver(options: SecretResolverOptions = {}): SecretResolver {
  const { providers = secretProviders, ttlMs = 300_000 } = options;
  const kept = new Map<string, { readonly value: Promise<string>; readonly until: number }>();
  maskMessages(withoutSecrets);

  // One read for all keys of a secret: a user and a password that were read apart may be of two versions.
  const readWhole = (reference: Reference): Promise<string> => {
    const id = `${reference.kind}:${reference.name}`;
    const known = kept.get(id);
    if (known !== undefined && known.until > Date.now()) return known.value;
    const value = providers[reference.kind](reference);
    kept.set(id, { value, until: Date.now() + ttlMs });
    value.catch(() => kept.delete(id));
    return value;
  };
  const read = async (reference: Reference, path: readonly string[]): Promise<string> => {
    if (reference.kind === 'env') {
      const value = await providers.env(reference);
      if (inFunction() || SECRET_OPTION.test(path.at(-1) ?? '')) rememberSecret(value, reference.shown);
      return value;
    }
    const whole = await readWhole(reference);
    const value = reference.key === undefined ? whole : keyOf(whole, reference.key);
    rememberSecret(value, reference.shown);
    return value;
  };

  const resolveText = async (text: string, path: readonly string[]): Promise<string> => {
    const pieces = tokenize(text).map(async (piece) => {
      if (typeof piece === 'string') return piece;
      if ('malformed' in piece) throw unresolved(path, piece.malformed, new SecretFault('it is malformed', 'write ${env:NAME}'));
      return read(piece, path).catch((error: unknown) => Promise.reject(unresolved(path, piece.shown, error)));
    });
    return (await Promise.all(pieces)).join('');
  };

  const resolve = async <T>(value: T): Promise<T> => {
    const resolved = new Map<string, string>();
    const texts = [...textsIn(value)].filter(({ text }) => text.includes('${'));
    await Promise.all(texts.map(async ({ path, text }) => resolved.set(text, await resolveText(text, path))));
    return replaceTexts(value, resolved) as T;
  };
  return Object.assign(resolve, { forget: () => kept.clear() });
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
