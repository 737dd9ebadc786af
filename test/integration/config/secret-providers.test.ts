import { SecretsManager } from '@aws-sdk/client-secrets-manager';
import { SSM } from '@aws-sdk/client-ssm';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createSecretResolver } from '../../../src/config/secrets.ts';
import { Forwarder } from '../../e2e/deploy/forwarder.ts';
import type { RoleName } from '../../support/aws-rules/packaged-roles.ts';
import { packagedTemplate } from '../../support/aws-rules/packaged-template.ts';
import type { Statement } from '../../support/aws-rules/policy.ts';
import { refusalOf } from '../../support/aws-rules/refusal.ts';
import { roleStatements } from '../../support/aws-rules/role-statements.ts';
import { type Moto, startMoto } from '../../support/moto.ts';

/** What `secretsPrefix` is in the stage that is packaged. */
const OWN = 'rocketmq-connect/dev';
const ROLES: readonly RoleName[] = ['TaskRole', 'PlannerRole', 'WatchRole'];

describe('secrets in AWS', () => {
  const before = { ...process.env };
  let moto: Moto;
  let aws: Forwarder;
  let role: RoleName = 'TaskRole';
  const statements = new Map<RoleName, readonly Statement[]>();

  beforeAll(async () => {
    moto = await startMoto();
    const template = await packagedTemplate();
    for (const name of ROLES) statements.set(name, roleStatements(template, name));
    aws = await Forwarder.start(moto.url, async (url, body, headers, method = 'POST') => {
      const target = headers['x-amz-target'];
      const request = { method, url, target: target === undefined ? undefined : String(target), body: body.toString() };
      return refusalOf(request, role, statements.get(role) ?? []);
    });
    Object.assign(process.env, moto.env, { AWS_ENDPOINT_URL: aws.url });
    const secrets = new SecretsManager(moto.clientConfig);
    await secrets.createSecret({ Name: `${OWN}/rocketmq`, SecretString: '{"user":"me","port":8080,"nested":{}}' });
    await secrets.createSecret({ Name: `${OWN}/plain`, SecretString: 'hunter2' });
    await secrets.createSecret({ Name: `${OWN}/binary`, SecretBinary: Buffer.from([1, 2]) });
    await secrets.createSecret({ Name: 'rocketmq-connect/prod/plain', SecretString: 'hunter2' });
    const parameters = new SSM(moto.clientConfig);
    for (const stage of ['dev', 'prod'])
      await parameters.putParameter({ Name: `/rocketmq-connect/${stage}/password`, Value: 'hunter3', Type: 'SecureString' });
    secrets.destroy();
    parameters.destroy();
  }, 600_000);

  afterAll(async () => {
    for (const name of Object.keys(moto.env)) delete process.env[name];
    Object.assign(process.env, before);
    await aws.stop();
    await moto.stop();
  });

  const resolve = (text: string) => createSecretResolver()({ source: { password: text } }).then(({ source }) => source.password);

  describe.each(ROLES)('as %s', (name) => {
    beforeAll(() => {
      role = name;
    });

    it.each([
      [`\${secretsmanager:${OWN}/rocketmq#user}`, 'me'],
      [`\${secretsmanager:${OWN}/rocketmq#port}`, '8080'],
      [`\${secretsmanager:${OWN}/plain}`, 'hunter2'],
      [`\${ssm:/${OWN}/password}`, 'hunter3'],
      [`\${secretsmanager:${OWN}/rocketmq#user}:\${ssm:/${OWN}/password}`, 'me:hunter3'],
    ])('%s is read', async (text, expected) => {
      expect(await resolve(text)).toBe(expected);
    });

    it.each([
      ['${secretsmanager:rocketmq-connect/prod/plain}', 'secretsmanager:GetSecretValue'],
      ['${secretsmanager:plain}', 'secretsmanager:GetSecretValue'],
      ['${ssm:/rocketmq-connect/prod/password}', 'ssm:GetParameter'],
      ['${ssm:/password}', 'ssm:GetParameter'],
    ])('%s, of another stage or of none, is refused by name', async (text, action) => {
      await expect(resolve(text)).rejects.toMatchObject({
        code: 'SECRET_UNRESOLVED',
        message: expect.stringMatching(new RegExp(`^source.password: .*${action}`)),
        remedy: 'allow this action in the IAM policy of the role in use',
        retriable: false,
      });
    });
  });

  it.each([
    [`\${secretsmanager:${OWN}/absent}`, 'no such secret', 'correct its name or create it, in the region of AWS_REGION'],
    [
      `\${secretsmanager:${OWN}/rocketmq#pasword}`,
      'the secret has no text under the key pasword',
      'correct the key or add it to the secret',
    ],
    [`\${secretsmanager:${OWN}/rocketmq#nested}`, 'the secret has no text under the key nested', 'correct the key or add it to the secret'],
    [`\${secretsmanager:${OWN}/plain#key}`, 'the secret is not JSON', 'store it as {"key": "..."} or remove #key'],
    [`\${secretsmanager:${OWN}/binary}`, 'the secret is binary', 'store it as text'],
    [`\${ssm:/${OWN}/absent}`, 'no such parameter', 'correct its name or create it, in the region of AWS_REGION'],
  ])('%s is explained', async (text, reason, remedy) => {
    await expect(resolve(text)).rejects.toMatchObject({
      code: 'SECRET_UNRESOLVED',
      message: `source.password: ${text} can't be resolved: ${reason}`,
      remedy,
      retriable: false,
    });
  });

  it('an address that nothing answers at is a matter of time', async () => {
    process.env.AWS_ENDPOINT_URL_SSM = 'http://127.0.0.1:1';
    await expect(resolve(`\${ssm:/${OWN}/password}`)).rejects.toMatchObject({ code: 'SECRET_UNRESOLVED', retriable: true });
    delete process.env.AWS_ENDPOINT_URL_SSM;
  });
});
