import { distance } from 'fastest-levenshtein';

/** Returns what a value must be, or undefined if it is right. Values come from `serverless.yml`, or as text from the command line. */
type Check = (value: string) => string | undefined;

const matching =
  (pattern: RegExp, must: string): Check =>
  (value) =>
    pattern.test(value) ? undefined : must;
const empty =
  (check: Check): Check =>
  (value) =>
    value === '' ? undefined : check(value);
const whole =
  (least: number, most: number): Check =>
  (value) =>
    /^\d+$/.test(value) && Number(value) >= least && Number(value) <= most ? undefined : `must be a whole number from ${least} to ${most}`;
const oneOf = (...choices: string[]): Check => {
  const must = `must be ${choices.slice(0, -1).join(', ')} or ${choices.at(-1)}`;
  return (value) => (choices.includes(value) ? undefined : must);
};
const arn = (service: string): Check =>
  matching(new RegExp(`^arn:[a-z-]+:${service}:.+`), `must be the ARN of ${service.toUpperCase()}, arn:aws:${service}:...`);
const ids = (prefix: string): Check =>
  matching(new RegExp(`^${prefix}-\\w+(,${prefix}-\\w+)*$`), `must be ids ${prefix}-..., separated by commas`);

/** Every parameter of `serverless.yml`, by name. */
export const PARAMETERS: Readonly<Record<string, Check>> = {
  taskTimeout: whole(1, 900),
  taskMemory: whole(128, 10_240),
  taskMaxConcurrency: whole(2, 1_000),
  plannerTimeout: whole(1, 900),
  plannerMemory: whole(128, 10_240),
  tableDeletionPolicy: oneOf('Retain', 'Delete'),
  logRetentionDays: whole(1, 3_653),
  logLevel: oneOf('DEBUG', 'INFO', 'WARN', 'ERROR'),
  metricsPerTask: oneOf('true', 'false'),
  auditRate: matching(/^(rate|cron)\(.+\)$/, 'must be rate(...) or cron(...)'),
  alarmTopicArn: empty(arn('sns')),
  secretsPrefix: matching(/^[^/].*$/, 'must be the start of names, without / before it'),
  envReferences: empty(matching(/^\w+(,\s*\w+)*$/, 'must be names of variables, separated by commas')),
  secretsKeyArn: empty(arn('kms')),
  vpcSubnetIds: empty(ids('subnet')),
  vpcSecurityGroupIds: empty(ids('sg')),
  permissionsBoundary: empty(arn('iam')),
  rolePath: matching(/^\/([\x21-\x7e]+\/)?$/, 'must start and end with /'),
  tags: empty(matching(/^[^=,]+=[^,]*(,[^=,]+=[^,]*)*$/, 'must be pairs, separated by commas: team=data,cost-centre=42')),
  tableKeyArn: empty(arn('kms')),
  queueKeyArn: empty(arn('kms')),
  logsKeyArn: empty(arn('kms')),
  taskReservedConcurrency: empty(whole(1, 100_000)),
  plannerReservedConcurrency: empty(whole(1, 100_000)),
  watchReservedConcurrency: empty(whole(1, 100_000)),
  apiReservedConcurrency: empty(whole(1, 100_000)),
  api: oneOf('none', 'iam', 'jwt'),
  apiJwtIssuer: empty(matching(/^https:\/\/\S+$/, 'must be the address of the provider, https://...')),
  apiJwtAudience: empty(matching(/^[^,\s]+(,\s*[^,\s]+)*$/, 'must be audiences, separated by commas')),
  connectors: matching(/./, 'must be a folder'),
};

/** The parameters that the user wrote: `params` of `serverless.yml`, and `--param` of the command line. */
export interface GivenParameters {
  readonly default?: Readonly<Record<string, unknown>>;
  readonly stage?: Readonly<Record<string, unknown>>;
  /** Texts of the form `name=value`. */
  readonly commandLine?: readonly string[];
}

/** Returns a sentence for each wrong parameter. It leaves values with variables in them to the deployment. */
export function parameterProblems({ default: defaults = {}, stage = {}, commandLine = [] }: GivenParameters): string[] {
  const given = Object.fromEntries(commandLine.map((text) => [text.split('=', 1)[0] ?? '', text.slice(text.indexOf('=') + 1)]));
  // A user's own parameter has a default, which makes its name known.
  const known = [...new Set([...Object.keys(PARAMETERS), ...Object.keys(defaults)])];
  const unknown = [...Object.keys(stage), ...Object.keys(given)].filter((name) => !known.includes(name));
  const values: Record<string, string> = {};
  for (const [name, value] of Object.entries({ ...defaults, ...stage, ...given })) values[name] = String(value ?? '').trim();
  const wrong = Object.entries(PARAMETERS).flatMap(([name, check]) => {
    const value = values[name];
    const must = value === undefined || value.includes('${') ? undefined : check(value);
    return must === undefined ? [] : [`parameter ${name} is ${value === '' ? 'empty' : `"${value}"`}, but ${must}`];
  });
  return [...unknown.map((name) => unknownName(name, known)), ...wrong, ...halfVpc(values), ...halfJwt(values), ...tooFewReserved(values)];
}

function unknownName(name: string, known: readonly string[]): string {
  const [near] = known.toSorted((a, b) => distance(a.toLowerCase(), name.toLowerCase()) - distance(b.toLowerCase(), name.toLowerCase()));
  const close = near !== undefined && distance(near.toLowerCase(), name.toLowerCase()) <= 2;
  return `parameter ${name} is unknown; ${close ? `did you mean ${near}?` : 'give a parameter of your own a default under params.default in serverless.yml'}`;
}

function halfVpc({ vpcSubnetIds = '', vpcSecurityGroupIds = '' }: Readonly<Record<string, string>>): string[] {
  if ((vpcSubnetIds === '') === (vpcSecurityGroupIds === '')) return [];
  return ['set both parameters vpcSubnetIds and vpcSecurityGroupIds, or neither of them'];
}

/** Without them API Gateway would not know whose tokens count. */
function halfJwt({ api, apiJwtIssuer = '', apiJwtAudience = '' }: Readonly<Record<string, string>>): string[] {
  if (api !== 'jwt' || (apiJwtIssuer !== '' && apiJwtAudience !== '')) return [];
  return ['with api jwt, set the parameters apiJwtIssuer and apiJwtAudience'];
}

/** What the queue hands over and the function may not run comes back, and is a dead letter after five times. */
function tooFewReserved({ taskReservedConcurrency = '', taskMaxConcurrency = '' }: Readonly<Record<string, string>>): string[] {
  if (taskReservedConcurrency === '' || !(Number(taskReservedConcurrency) < Number(taskMaxConcurrency))) return [];
  return [
    `parameter taskReservedConcurrency is ${taskReservedConcurrency}, but must be at least taskMaxConcurrency, ${taskMaxConcurrency}`,
  ];
}
