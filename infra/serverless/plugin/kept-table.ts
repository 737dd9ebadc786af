import { CloudFormationClient, GetTemplateCommand } from '@aws-sdk/client-cloudformation';
import { DescribeTableCommand, DynamoDBClient, type KeySchemaElement, ResourceNotFoundException } from '@aws-sdk/client-dynamodb';
import { TABLE_DEFINITION } from '../../../src/store/dynamodb/table-definition.ts';

/** The part of a CloudFormation template that we use here. */
export interface StackTemplate {
  Resources: Record<string, unknown>;
}

const TABLE = 'Table';

/** Returns whether there is a table of this name. Throws if it does not belong to this project. */
export async function tableExists(config: object, name: string): Promise<boolean> {
  const client = new DynamoDBClient(config);
  try {
    const { Table } = await client.send(new DescribeTableCommand({ TableName: name }));
    const keys = (schema: readonly KeySchemaElement[] = []) => schema.map(({ AttributeName }) => AttributeName).join();
    if (keys(Table?.KeySchema) === keys(TABLE_DEFINITION.KeySchema)) return true;
    throw new Error(`table ${name} belongs to another program; choose another name for custom.connect.table in serverless.yml`);
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return false;
    throw error;
  } finally {
    client.destroy();
  }
}

/** Returns whether the stack has a table of its own. */
export async function stackHasTable(config: object, StackName: string): Promise<boolean> {
  const client = new CloudFormationClient(config);
  try {
    const { TemplateBody } = await client.send(new GetTemplateCommand({ StackName }));
    return TABLE in (JSON.parse(TemplateBody ?? '{"Resources":{}}') as StackTemplate).Resources;
  } catch (error) {
    // AWS uses an error of this name if there is no such stack.
    if ((error as Error).name === 'ValidationError') return false;
    throw error;
  } finally {
    client.destroy();
  }
}

/** Removes the table from a template, whose other parts then use the table's name. */
export function useKeptTable(template: StackTemplate, name: string): void {
  delete template.Resources[TABLE];
  const arn = `arn:\${AWS::Partition}:dynamodb:\${AWS::Region}:\${AWS::AccountId}:table/${name}`;
  Object.assign(template, replaced(template, name, { 'Fn::Sub': arn }));
}

function replaced(value: unknown, name: string, arn: object): unknown {
  if (Array.isArray(value)) return value.map((item) => replaced(item, name, arn));
  if (typeof value !== 'object' || value === null) return value;
  const { Ref: reference, 'Fn::GetAtt': attribute } = value as { Ref?: string; 'Fn::GetAtt'?: readonly string[] | string };
  if (reference === TABLE) return name;
  if (attribute?.[0] === TABLE || attribute === `${TABLE}.Arn`) return arn;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, replaced(item, name, arn)]));
}
