/** One statement of a policy, with everything resolved that a template leaves open. */
export interface Statement {
  readonly Effect: 'Allow' | 'Deny';
  readonly Action: string | readonly string[];
  readonly Resource: string | readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

/** What a request wants to do, as IAM sees it. */
export interface Call {
  /** `dynamodb:UpdateItem` */
  readonly action: string;
  /** An ARN; `*` where the action knows none. */
  readonly resource: string;
  /** Condition keys of the request: `dynamodb:LeadingKeys`. */
  readonly context?: Readonly<Record<string, readonly string[]>>;
}

/** IAM's own answer: one statement must allow the call, and none deny it. Throws for a condition that it can't judge. */
export function allows(statements: readonly Statement[], call: Call): boolean {
  const about = statements.filter((statement) => isAbout(statement, call));
  return about.some(({ Effect }) => Effect === 'Allow') && about.every(({ Effect }) => Effect === 'Allow');
}

function isAbout({ Action, Resource, Condition = {} }: Statement, { action, resource, context = {} }: Call): boolean {
  return (
    listed(Action).some((pattern) => like(pattern, action)) &&
    listed(Resource).some((pattern) => like(pattern, resource)) &&
    Object.entries(Condition).every(([operator, keys]) =>
      Object.entries(keys).every(([key, expected]) => holds(operator, listed(expected), context[key] ?? [])),
    )
  );
}

function holds(operator: string, expected: readonly string[], given: readonly string[]): boolean {
  const [, quantifier, kind = ''] = /^(?:(ForAllValues|ForAnyValue):)?(\w+)$/.exec(operator) ?? [];
  const matches = MATCHES[kind];
  if (matches === undefined) throw new Error(`the condition ${operator} is not known here`);
  const one = (value: string) => expected.some((pattern) => matches(pattern, value));
  return quantifier === 'ForAllValues' ? given.every(one) : given.some(one);
}

const MATCHES: Readonly<Record<string, (pattern: string, value: string) => boolean>> = {
  StringEquals: (pattern, value) => pattern === value,
  StringLike: (pattern, value) => like(pattern, value),
  ArnEquals: (pattern, value) => like(pattern, value),
  ArnLike: (pattern, value) => like(pattern, value),
};

const listed = (value: string | readonly string[]): readonly string[] => [value].flat() as string[];

/** IAM's wildcards: `*` for any text, `?` for one character. */
function like(pattern: string, value: string): boolean {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`, 's').test(value);
}
