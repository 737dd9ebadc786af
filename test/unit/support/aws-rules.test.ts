import { describe, expect, it } from '@jest/globals';
import { type AwsRequest, arn } from '../../support/aws-rules/aws-request.ts';
import type { Statement } from '../../support/aws-rules/policy.ts';
import { refusalOf } from '../../support/aws-rules/refusal.ts';

const TABLE = arn('dynamodb', 'table/connect');
const ROLE: readonly Statement[] = [
  {
    Effect: 'Allow',
    Action: ['dynamodb:GetItem', 'dynamodb:Query'],
    Resource: TABLE,
    Condition: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['connector#*'] } },
  },
  { Effect: 'Allow', Action: 'secretsmanager:*', Resource: arn('secretsmanager', 'secret:connect/prod/*') },
  { Effect: 'Deny', Action: 'secretsmanager:*', Resource: arn('secretsmanager', 'secret:connect/prod/root-??????') },
];

const request = (target: string, body: object): AwsRequest => ({ method: 'POST', url: '/', target, body: JSON.stringify(body) });
const dynamodb = (operation: string, pk: string, TableName = 'connect') =>
  request(`DynamoDB_20120810.${operation}`, { TableName, Key: { pk: { S: pk } }, ExpressionAttributeValues: { ':pk': { S: pk } } });
const secret = (SecretId: string) => request('secretsmanager.GetSecretValue', { SecretId });

describe("AWS's rules, as tests stand behind them,", () => {
  it.each([dynamodb('GetItem', 'connector#orders'), dynamodb('Query', 'connector#orders'), secret('connect/prod/kafka')])(
    'let through what a role allows: %j',
    (allowed) => {
      expect(refusalOf(allowed, 'Role', ROLE)).toBeUndefined();
    },
  );

  it.each([
    ['an action that is not granted', dynamodb('Scan', 'connector#orders'), `dynamodb:Scan on resource: ${TABLE}`],
    ['another item', dynamodb('GetItem', 'connectors'), 'dynamodb:GetItem'],
    ['another table', dynamodb('Query', 'connector#orders', 'other'), 'table/other'],
    ['what is denied', secret('connect/prod/root'), 'secret:connect/prod/root-'],
    ['what another stage owns', secret('connect/dev/kafka'), 'secret:connect/dev/kafka-'],
    ['a request that nothing here makes', { method: 'GET', url: '/2015-03-31/functions', target: undefined, body: '' }, 'GET /2015'],
  ])('refuse %s', (_, refused, what) => {
    expect(refusalOf(refused, 'Role', ROLE)?.what).toContain(what);
  });
});
