import { SecretsManager } from '@aws-sdk/client-secrets-manager';
import { SSM } from '@aws-sdk/client-ssm';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createSecretResolver } from '../../../src/config/secrets.ts';
import { type Moto, startMoto } from '../../support/moto.ts';

describe('secrets in AWS', () => {
  let moto: Moto;
  const before = { ...process.env };

  beforeAll(async () => {
    moto = await startMoto();
    Object.assign(process.env, moto.env);
    const secrets = new SecretsManager(moto.clientConfig);
    await secrets.createSecret({ Name: 'prod/rocketmq', SecretString: '{"user":"me","port":8080,"nested":{}}' });
    await secrets.createSecret({ Name: 'plain', SecretString: 'hunter2' });
    await secrets.createSecret({ Name: 'binary', SecretBinary: Buffer.from([1, 2]) });
    const parameters = new SSM(moto.clientConfig);
    await parameters.putParameter({ Name: '/kafka/password', Value: 'hunter3', Type: 'SecureString' });
    secrets.destroy();
    parameters.destroy();
  }, 120_000);

  afterAll(async () => {
    for (const name of Object.keys(moto.env)) delete process.env[name];
    Object.assign(process.env, before);
    await moto.stop();
  });

  const resolve = (text: string) => createSecretResolver()({ source: { password: text } }).then(({ source }) => source.password);

  it.each([
    ['${secretsmanager:prod/rocketmq#user}', 'me'],
    ['${secretsmanager:prod/rocketmq#port}', '8080'],
    ['${secretsmanager:plain}', 'hunter2'],
    ['${ssm:/kafka/password}', 'hunter3'],
    ['${secretsmanager:prod/rocketmq#user}:${ssm:/kafka/password}', 'me:hunter3'],
  ])('%s is read', async (text, expected) => {
    expect(await resolve(text)).toBe(expected);
  });

  it.each([
    ['${secretsmanager:absent}', 'no such secret', 'correct its name or create it, in the region of AWS_REGION'],
    ['${secretsmanager:prod/rocketmq#pasword}', 'the secret has no text under the key pasword', 'correct the key or add it to the secret'],
    ['${secretsmanager:prod/rocketmq#nested}', 'the secret has no text under the key nested', 'correct the key or add it to the secret'],
    ['${secretsmanager:plain#key}', 'the secret is not JSON', 'store it as {"key": "..."} or remove #key'],
    ['${secretsmanager:binary}', 'the secret is binary', 'store it as text'],
    ['${ssm:/absent}', 'no such parameter', 'correct its name or create it, in the region of AWS_REGION'],
  ])('%s is explained', async (text, reason, remedy) => {
    await expect(resolve(text)).rejects.toMatchObject({
      code: 'SECRET_UNRESOLVED',
      message: `source.password: ${text} can't be resolved: ${reason}`,
      remedy,
      retriable: false,
    });
  });

  it('an address that nothing answers at is a matter of time', async () => {
    const begun = Date.now();
    process.env.AWS_ENDPOINT_URL_SSM = 'http://127.0.0.1:1';
    await expect(resolve('${ssm:/kafka/password}')).rejects.toMatchObject({ code: 'SECRET_UNRESOLVED', retriable: true });
    delete process.env.AWS_ENDPOINT_URL_SSM;
    expect(Date.now() - begun).toBeLessThan(10_000);
  });
});
