import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { CloudFormation } from '../../support/aws-rules/packaged-template.ts';

/** One statement of a role's policy: what may be done to what. */
export interface Grant {
  readonly actions: readonly string[];
  readonly on: readonly string[];
  readonly condition?: unknown;
  /** The condition of the template under which it is there at all. */
  readonly only?: string;
}

export interface Resource {
  readonly Type: string;
  readonly DeletionPolicy?: string;
  readonly Condition?: string;
  readonly Properties: Readonly<Record<string, unknown>>;
}

interface Policy {
  readonly PolicyDocument: { readonly Statement: readonly Statement[] };
}

interface Statement {
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
  readonly Condition?: unknown;
  readonly 'Fn::If'?: readonly [string, Statement, unknown];
}

/** The CloudFormation template of a deployment: the whole truth where moto models only a part of a resource. */
export class Template {
  /** By logical id. */
  readonly resources: Readonly<Record<string, Resource>>;

  private constructor(resources: Readonly<Record<string, Resource>>) {
    this.resources = resources;
  }

  /** What the last `sls package` or `sls deploy` in this folder made. */
  static async read(folder: string): Promise<Template> {
    const text = await readFile(path.join(folder, '.serverless/cloudformation-template-update-stack.json'), 'utf8');
    return new Template(JSON.parse(text).Resources);
  }

  /** What `packagedTemplate` made. */
  static of({ Resources }: CloudFormation): Template {
    return new Template(Resources as Readonly<Record<string, Resource>>);
  }

  resource(logicalId: string): Resource {
    const found = this.resources[logicalId];
    if (found === undefined) throw new Error(`no ${logicalId} in the template`);
    return found;
  }

  ofType(type: string): Resource[] {
    return Object.values(this.resources).filter(({ Type }) => Type === type);
  }

  /** Of all policies of the role, but for those that only a parameter brings. */
  grants(role: string): Grant[] {
    const own = this.resource(role).Properties.Policies as readonly Policy[];
    const attached = this.ofType('AWS::IAM::Policy')
      .filter(({ Condition }) => Condition === undefined)
      .map(({ Properties }) => Properties as unknown as Policy & { readonly Roles: ReadonlyArray<{ readonly Ref?: string }> })
      .filter(({ Roles }) => Roles.some(({ Ref }) => Ref === role));
    return [...own, ...attached].flatMap(({ PolicyDocument }) => PolicyDocument.Statement.map(grant));
  }
}

function grant(statement: Statement): Grant {
  const [only, conditional] = statement['Fn::If'] ?? [];
  if (only !== undefined && conditional !== undefined) return { ...grant(conditional), only };
  const { Action, Resource, Condition } = statement;
  return {
    actions: [Action].flat() as string[],
    on: [Resource].flat().map(shown),
    ...(Condition === undefined ? {} : { condition: Condition }),
  };
}

/** `!GetAtt Table.Arn` as `Table.Arn`, `!Sub` as its text without the account's own parts. */
function shown(value: unknown): string {
  if (typeof value === 'string') return value;
  const { Ref, 'Fn::GetAtt': attribute, 'Fn::Sub': text } = value as { Ref?: string; 'Fn::GetAtt'?: string[]; 'Fn::Sub'?: string };
  return Ref ?? attribute?.join('.') ?? (text ?? '').replace(/^arn:\$\{AWS::Partition\}:(\w+):.*?:\$\{AWS::AccountId\}:/, '$1 ');
}
