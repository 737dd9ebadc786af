import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { strFromU8, unzipSync } from 'fflate';
import { JWT_API, packagedTemplate } from '../../support/aws-rules/packaged-template.ts';
import { Service, type SlsResult } from './service.ts';
import { Template } from './template.ts';

/** Whoever tries to reach the network fails at once. */
const OFFLINE = {
  HTTP_PROXY: 'http://127.0.0.1:9',
  HTTPS_PROXY: 'http://127.0.0.1:9',
  AWS_EC2_METADATA_DISABLED: 'true',
  AWS_REGION: 'us-east-1',
};

const CONNECTOR = `
name: orders-to-function
type: lambda-sink
sink: { function: 'orders:prod' }
rocketmq: { endpoints: '127.0.0.1:9876', topic: orders }
`;

describe('sls package', () => {
  let service: Service;
  let result: SlsResult;

  beforeAll(async () => {
    service = await Service.create();
    await service.writeConnector('orders-to-function', CONNECTOR);
    result = await service.sls(['package'], OFFLINE);
  }, 600_000);

  afterAll(() => service.remove());

  it('needs neither network nor credentials', async () => {
    expect(result).toMatchObject({ code: 0 });
    expect((await stat(path.join(service.folder, '.serverless/rocketmq-connect.zip'))).size).toBeLessThanOrEqual(2 * 1024 * 1024);
  });

  it('lets the table of the stage for development go with its stack', async () => {
    expect((await Template.read(service.folder)).resource('Table').DeletionPolicy).toBe('Delete');
  });

  it('lets both functions invoke the function that a connector file names', async () => {
    const template = await Template.read(service.folder);
    for (const role of ['TaskRole', 'PlannerRole']) {
      const grant = template.grants(role).find(({ actions }) => actions.includes('lambda:InvokeFunction'));
      expect(grant).toMatchObject({ on: ['lambda function:orders:prod'] });
    }
  });

  it('uploads the licences of what is bundled beside it', async () => {
    const archive = unzipSync(await readFile(path.join(service.folder, '.serverless/rocketmq-connect.zip')));
    const text = strFromU8(archive['licences.txt'] ?? new Uint8Array());
    expect(text).toMatch(/\n@platformatic\/kafka \d[^\n]*\n/);
    expect(text).toMatch(/Apache License\s+Version 2\.0/);
  });

  it('has every type of what it creates in the manual, and no other', async () => {
    const manual = await readFile(path.resolve(import.meta.dirname, '../../../docs/deploy.md'), 'utf8');
    const documented = new Set(manual.match(/AWS::\w+::\w+/g));
    documented.delete('AWS::CloudFormation::Stack');
    const templates = [await Template.read(service.folder), Template.of(await packagedTemplate(JWT_API))];
    const created = new Set(templates.flatMap(({ resources }) => Object.values(resources).map(({ Type }) => Type)));
    expect([...documented].toSorted()).toEqual([...created].toSorted());
  });

  it.each([
    ['AWS::IAM::Role', ['PermissionsBoundary', 'Path']],
    ['AWS::DynamoDB::Table', ['SSESpecification']],
    ['AWS::SQS::Queue', ['KmsMasterKeyId', 'SqsManagedSseEnabled']],
    ['AWS::Logs::LogGroup', ['KmsKeyId']],
    ['AWS::Lambda::Function', ['ReservedConcurrentExecutions']],
  ])('leaves what an account may ask for open for each %s', async (type, properties) => {
    const templates = [await Template.read(service.folder), Template.of(await packagedTemplate(JWT_API))];
    const found = templates.flatMap((template) => template.ofType(type));
    expect(found).not.toEqual([]);
    for (const { Properties } of found) expect(Object.keys(Properties)).toEqual(expect.arrayContaining(properties));
  });

  it.each([
    ['TableKeyPolicy', /^dynamodb:/],
    ['QueueKeyPolicy', /^sqs:/],
  ])('lets by %s each role use the key of what it works on', async (policy, actions) => {
    const template = await Template.read(service.folder);
    const roles = Object.entries(template.resources).filter(([, { Type }]) => Type === 'AWS::IAM::Role');
    const users = roles
      .map(([id]) => id)
      .filter((id) => template.grants(id).some((grant) => grant.actions.some((action) => actions.test(action))));
    expect(users).not.toEqual([]);
    expect(template.resource(policy).Properties.Roles).toEqual(expect.arrayContaining(users.map((Ref) => ({ Ref }))));
  });
});
