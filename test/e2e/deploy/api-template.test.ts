import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { JWT_API, packagedTemplate } from '../../support/aws-rules/packaged-template.ts';
import { RESOURCE_ACTIONS } from './resource-actions.ts';
import { Template } from './template.ts';

const ROUTES = ['GET /', 'GET /{proxy+}', 'POST /{proxy+}', 'PUT /{proxy+}', 'PATCH /{proxy+}', 'DELETE /{proxy+}'];
const RESERVED = {
  taskReservedConcurrency: '60',
  plannerReservedConcurrency: '2',
  watchReservedConcurrency: '3',
  apiReservedConcurrency: '4',
};
/** What IAM guards, with all that is reserved. */
const IAM_API = { api: 'iam', taskMaxConcurrency: '60', ...RESERVED };

describe('the API of a deployment', () => {
  let none: Template;
  let iam: Template;
  let jwt: Template;
  beforeAll(async () => {
    none = Template.of(await packagedTemplate());
    iam = Template.of(await packagedTemplate(IAM_API));
    jwt = Template.of(await packagedTemplate(JWT_API));
  }, 900_000);

  const routes = (template: Template) => template.ofType('AWS::ApiGatewayV2::Route').map(({ Properties }) => Properties);

  it('is not there by default: no function, no API, no role, no parameter', async () => {
    const { Parameters = {}, Conditions = {} } = (await packagedTemplate()) as { Parameters?: object; Conditions?: object };
    const names = [...Object.keys(none.resources), ...Object.keys(Parameters), ...Object.keys(Conditions)];
    expect(names.filter((name) => /api/i.test(name))).toEqual([]);
    expect(Object.values(none.resources).filter(({ Type }) => Type.startsWith('AWS::ApiGateway'))).toEqual([]);
  });

  it('asks IAM about each route, by its method', () => {
    expect(routes(iam).map(({ RouteKey }) => RouteKey)).toEqual(ROUTES);
    for (const route of routes(iam)) expect(route).toMatchObject({ AuthorizationType: 'AWS_IAM' });
    expect(iam.ofType('AWS::ApiGatewayV2::Authorizer')).toEqual([]);
  });

  it('asks for a token of the provider on each route', () => {
    expect(jwt.ofType('AWS::ApiGatewayV2::Authorizer').map(({ Properties }) => Properties)).toMatchObject([
      {
        AuthorizerType: 'JWT',
        IdentitySource: ['$request.header.Authorization'],
        JwtConfiguration: { Issuer: JWT_API.apiJwtIssuer, Audience: ['connect', 'console'] },
      },
    ]);
    expect(routes(jwt).map(({ RouteKey }) => RouteKey)).toEqual(ROUTES);
    for (const route of routes(jwt)) {
      expect(route).toMatchObject({ AuthorizationType: 'JWT', AuthorizerId: { Ref: 'HttpApiAuthorizerTokens' } });
    }
  });

  it('may ask the planner and log, and nothing else', () => {
    for (const template of [iam, jwt]) {
      expect(template.grants('ApiRole')).toEqual([
        { actions: ['lambda:InvokeFunction'], on: ['PlannerLambdaFunction.Arn'] },
        { actions: ['logs:CreateLogStream', 'logs:PutLogEvents'], on: ['ApiLogGroup.Arn'] },
      ]);
    }
  });

  it('is deployed by who has the deployer’s policy', async () => {
    const policy = JSON.parse(await readFile(path.resolve(import.meta.dirname, '../../../infra/deployer-policy.json'), 'utf8'));
    const allowed: string[] = policy.Statement.flatMap(({ Action }: { Action: string[] }) => Action);
    const types = new Set(Object.values(jwt.resources).map(({ Type }) => Type));
    const needed = [...types].flatMap((type) => RESOURCE_ACTIONS[type] ?? [`no actions are known of ${type}`]);
    expect(needed.filter((action) => !allowed.includes(action))).toEqual([]);
  });

  it('has a small function with a time below that of API Gateway, outside of the VPC, with logs that end', () => {
    const { Properties } = iam.resource('ApiLambdaFunction');
    expect(Properties).toMatchObject({ FunctionName: 'rocketmq-connect-dev-api', MemorySize: 512, Timeout: 29 });
    expect(Properties).not.toHaveProperty('VpcConfig');
    expect(iam.resource('ApiLogGroup').Properties).toMatchObject({ RetentionInDays: 30 });
    expect(iam.ofType('AWS::ApiGatewayV2::Integration')).toMatchObject([{ Properties: { PayloadFormatVersion: '2.0' } }]);
    expect(iam.resource('HttpApi').Properties).toEqual({ Name: 'rocketmq-connect-dev-api', ProtocolType: 'HTTP' });
  });
});

describe('what keeps the other functions of an account alive', () => {
  it.each([
    ['Task', 'taskReservedConcurrency'],
    ['Planner', 'plannerReservedConcurrency'],
    ['Watch', 'watchReservedConcurrency'],
    ['Api', 'apiReservedConcurrency'],
  ])('is the reserved concurrency of %s, which is that of %s', async (id, parameter) => {
    const template = await packagedTemplate(IAM_API);
    const name = `${id}ReservedConcurrency`;
    expect(template.Resources[`${id}LambdaFunction`]?.Properties?.ReservedConcurrentExecutions).toEqual({
      'Fn::If': [`Has${name}`, { Ref: name }, { Ref: 'AWS::NoValue' }],
    });
    expect(template.Parameters?.[name]?.Default).toBe(RESERVED[parameter as keyof typeof RESERVED]);
  });

  it('is by default the most that the queue hands to the task function, and no reservation', async () => {
    const template = await packagedTemplate();
    for (const id of ['Task', 'Planner', 'Watch']) expect(template.Parameters?.[`${id}ReservedConcurrency`]?.Default).toBe('');
    const [mapping] = Template.of(template).ofType('AWS::Lambda::EventSourceMapping');
    expect(mapping?.Properties).toMatchObject({ ScalingConfig: { MaximumConcurrency: 50 } });
  });
});
