import { withoutSecrets } from './known-secrets.ts';

/** Errors carry causes, which carry causes: a log needs no more of them. */
const DEEPEST = 8;

/**
 * What a log line shows of a value: every text in it without the secrets that this process has read. Errors become their name, message,
 * stack and cause: those of vendors name what they were given.
 */
export function shownWithoutSecrets(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return withoutSecrets(value);
  if (typeof value !== 'object' || value === null) return value;
  if (depth > DEEPEST) return '…';
  const shown = (inner: unknown) => shownWithoutSecrets(inner, depth + 1);
  if (Array.isArray(value)) return value.map(shown);
  if (value instanceof Error) {
    const { name, message, stack, cause } = value;
    return { name, ...Object.fromEntries(Object.entries({ message, stack, cause }).map(([key, inner]) => [key, shown(inner)])) };
  }
  if ('toJSON' in value && typeof value.toJSON === 'function') return shown(value.toJSON());
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, shown(inner)]));
}
