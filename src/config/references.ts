/**
 * References to secrets and environment variables inside text. Light: task functions load it.
 *
 *   ${env:NAME}  ${env:NAME:-default}     environment variable; the default also where it is empty
 *   ${secretsmanager:ID}  ${secretsmanager:ID#key}   Secrets Manager: the whole secret, or a key of its JSON
 *   ${ssm:/path}                          Parameter Store, decrypted
 *   $${                                   a literal ${
 */
export type ReferenceKind = 'env' | 'secretsmanager' | 'ssm';

export interface Reference {
  readonly kind: ReferenceKind;
  /** Name of the variable or parameter, name or ARN of the secret. */
  readonly name: string;
  /** Key in the secret's JSON. */
  readonly key?: string;
  readonly fallback?: string;
  /** As to be shown: without the default, which may be a secret. */
  readonly shown: string;
}

const BODIES: Readonly<Record<ReferenceKind, RegExp>> = {
  env: /^(?<name>[A-Za-z_]\w*)(?::-(?<fallback>.*))?$/s,
  secretsmanager: /^(?<name>[\w/+=.@:-]+)(?:#(?<key>.+))?$/,
  ssm: /^(?<name>\/?[\w./:-]+)$/,
};

export const REFERENCE_FORMS = '${env:NAME}, ${secretsmanager:ID#key} or ${ssm:/path}';

const TOKEN = /\$\$\{|\$\{(?<body>[^{}]*)\}|\$\{/g;

/** The text in pieces: literal ones with escapes undone, references, and what looks like a reference and is none. */
export function tokenize(text: string): Array<string | Reference | { readonly malformed: string }> {
  const pieces: ReturnType<typeof tokenize> = [];
  let end = 0;
  for (const match of text.matchAll(TOKEN)) {
    pieces.push(text.slice(end, match.index));
    end = match.index + match[0].length;
    if (match[0] === '$${') pieces.push('${');
    else pieces.push(parseReference(match.groups?.body) ?? { malformed: match[0] });
  }
  pieces.push(text.slice(end));
  return pieces.filter((piece) => piece !== '');
}

function parseReference(body = ''): Reference | undefined {
  const colon = body.indexOf(':');
  const kind = body.slice(0, colon) as ReferenceKind;
  const groups = (Object.hasOwn(BODIES, kind) && BODIES[kind].exec(body.slice(colon + 1))?.groups) || undefined;
  if (groups?.name === undefined) return undefined;
  const { name, key, fallback } = groups;
  return {
    kind,
    name,
    ...(key === undefined ? {} : { key }),
    ...(fallback === undefined ? {} : { fallback }),
    shown: `\${${kind}:${name}${key === undefined ? '' : `#${key}`}}`,
  };
}

export function referencesIn(text: string): Reference[] {
  return tokenize(text).filter((piece): piece is Reference => typeof piece === 'object' && 'kind' in piece);
}

export const hasReference = (value: unknown): boolean => typeof value === 'string' && referencesIn(value).length > 0;

/** Every text inside a JSON value, with its path. */
export function* textsIn(
  value: unknown,
  path: readonly string[] = [],
): Generator<{ readonly path: readonly string[]; readonly text: string }> {
  if (typeof value === 'string') yield { path, text: value };
  else if (typeof value === 'object' && value !== null) {
    for (const [key, item] of Object.entries(value)) yield* textsIn(item, [...path, key]);
  }
}
