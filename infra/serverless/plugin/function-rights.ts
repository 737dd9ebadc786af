import type { ConnectorSpec } from '../../../src/config/connector-spec.ts';
import { arnOf } from '../../../src/connectors/lambda/function-name.ts';
import type { StackTemplate } from './kept-table.ts';

/** The task function invokes what the planner function looks for. */
const ROLES = ['TaskRole', 'PlannerRole'];
const HERE = { partition: '${AWS::Partition}', region: '${AWS::Region}', account: '${AWS::AccountId}' };

interface Role {
  readonly Properties: {
    readonly Policies: ReadonlyArray<{ readonly PolicyDocument: { readonly Statement: unknown[] } }>;
  };
}

/** Lets the functions' roles invoke those functions that connector files name as their target, and no others. */
export function allowFunctions(template: StackTemplate, specs: readonly Pick<ConnectorSpec, 'type' | 'system'>[]): void {
  const arns = new Set(specs.filter(({ type }) => type === 'lambda-sink').map(({ system }) => arnIn(system)));
  if (arns.size === 0) return;
  const Resource = [...arns].sort().map((arn) => ({ 'Fn::Sub': arn }));
  for (const id of ROLES) {
    const [policy] = (template.Resources[id] as Role).Properties.Policies;
    policy?.PolicyDocument.Statement.push({ Sid: 'InvokeTargets', Effect: 'Allow', Action: 'lambda:InvokeFunction', Resource });
  }
}

function arnIn(system: ConnectorSpec['system']): string {
  const { function: name, region = HERE.region } = system as { function: string; region?: string };
  return arnOf(name, { ...HERE, region });
}
