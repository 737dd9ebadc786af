import { ACCOUNT, arn, REGION } from './aws-request.ts';
import type { CloudFormation } from './packaged-template.ts';
import type { Statement } from './policy.ts';

export interface Resolution {
  /** Names of resources in place of those that the template gives them, by logical id. */
  readonly names?: Readonly<Record<string, string>>;
  /** Conditions of the template that hold; by default none does. */
  readonly conditions?: readonly string[];
}

const NOTHING = Symbol('AWS::NoValue');
const PSEUDO: Readonly<Record<string, unknown>> = {
  'AWS::Partition': 'aws',
  'AWS::Region': REGION,
  'AWS::AccountId': ACCOUNT,
  'AWS::URLSuffix': 'amazonaws.com',
  'AWS::NoValue': NOTHING,
};
/** The property that names a resource, and its ARN. */
const KINDS: Readonly<Record<string, readonly [property: string, arn: (name: string) => string]>> = {
  'AWS::DynamoDB::Table': ['TableName', (name) => arn('dynamodb', `table/${name}`)],
  'AWS::SQS::Queue': ['QueueName', (name) => arn('sqs', name)],
  'AWS::Scheduler::ScheduleGroup': ['Name', (name) => arn('scheduler', `schedule-group/${name}`)],
  'AWS::Lambda::Function': ['FunctionName', (name) => arn('lambda', `function:${name}`)],
  'AWS::Logs::LogGroup': ['LogGroupName', (name) => `${arn('logs', `log-group:${name}`)}:*`],
  'AWS::IAM::Role': ['RoleName', (name) => `arn:aws:iam::${ACCOUNT}:role/${name}`],
};

interface Policy {
  readonly PolicyDocument: { readonly Statement: unknown };
}

/** The policies of a role, as CloudFormation would create them. Throws for what is not known here. */
export function roleStatements(template: CloudFormation, role: string, { names = {}, conditions = [] }: Resolution = {}): Statement[] {
  const nameOf = (id: string): string => {
    const { Type, Properties = {} } = resourceOf(id);
    const [property] = kindOf(Type);
    return names[id] ?? String(resolve(Properties[property] ?? id));
  };
  const resourceOf = (id: string) => {
    const found = template.Resources[id];
    if (found === undefined) throw new Error(`no ${id} in the template`);
    return found;
  };
  const ref = (id: string): unknown => {
    if (id in PSEUDO) return PSEUDO[id];
    const parameter = template.Parameters?.[id];
    return parameter === undefined ? nameOf(id) : (names[id] ?? parameter.Default);
  };
  const attribute = (id: string, name: string): string => {
    if (name !== 'Arn') throw new Error(`${id}.${name} is not known here`);
    return kindOf(resourceOf(id).Type)[1](nameOf(id));
  };
  const substitute = (text: string): string =>
    text.replace(/\$\{([\w:]+)(?:\.(\w+))?\}/g, (_, id: string, name?: string) =>
      String(name === undefined ? ref(id) : attribute(id, name)),
    );

  function resolve(value: unknown): unknown {
    if (Array.isArray(value)) return value.map(resolve).filter((item) => item !== NOTHING);
    if (typeof value !== 'object' || value === null) return value;
    const [[key = '', given] = []] = Object.entries(value);
    if (key === 'Ref') return ref(given);
    if (key === 'Fn::GetAtt') return attribute(given[0], given[1]);
    if (key === 'Fn::Sub') return substitute(given);
    if (key === 'Fn::If') return resolve(conditions.includes(given[0]) ? given[1] : given[2]);
    return Object.fromEntries(
      Object.entries(value)
        .map(([name, item]) => [name, resolve(item)])
        .filter(([, item]) => item !== NOTHING),
    );
  }
  const own = resourceOf(role).Properties?.Policies as readonly Policy[];
  const attached = Object.values(template.Resources).flatMap(({ Type, Condition, Properties }) => {
    const policy = Properties as (Policy & { readonly Roles: ReadonlyArray<{ readonly Ref?: string }> }) | undefined;
    const isThere = Type === 'AWS::IAM::Policy' && (Condition === undefined || conditions.includes(Condition));
    return isThere && policy?.Roles.some(({ Ref }) => Ref === role) ? policy : [];
  });
  return [...own, ...attached].flatMap(({ PolicyDocument }) => resolve(PolicyDocument.Statement) as Statement[]);
}

function kindOf(type: string) {
  const kind = KINDS[type];
  if (kind === undefined) throw new Error(`${type} is not known here`);
  return kind;
}
