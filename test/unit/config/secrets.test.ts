import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ConnectError } from '../../../src/api/index.ts';
import { secretProviders } from '../../../src/config/secret-providers.ts';
import { createSecretResolver } from '../../../src/config/secrets.ts';
import { shownWithoutSecrets } from '../../../src/config/without-secrets.ts';

describe('createSecretResolver', () => {
  beforeEach(() => {
    process.env.TEST_HOST = 'kafka';
    process.env.TEST_EMPTY = '';
  });
  afterEach(() => {
    delete process.env.TEST_HOST;
    delete process.env.TEST_EMPTY;
  });

  it.each([
    ['no reference at all', 'no reference at all'],
    ['${env:TEST_HOST}', 'kafka'],
    ['${env:TEST_HOST}:9092,${env:TEST_HOST}:9093', 'kafka:9092,kafka:9093'],
    ['${env:TEST_ABSENT:-localhost:9092}', 'localhost:9092'],
    ['${env:TEST_EMPTY:-localhost}', 'localhost'],
    ['${env:TEST_ABSENT:-}', ''],
    ['$${env:TEST_HOST}', '${env:TEST_HOST}'],
    ['cost: 5$ {or} so', 'cost: 5$ {or} so'],
  ])('makes %s into %s', async (text, expected) => {
    expect(await createSecretResolver()(text)).toBe(expected);
  });

  it('gives back any text that was escaped', async () => {
    const text = fc.string({ unit: fc.constantFrom('$', '{', '}', 'env:', 'A', '#', ' ') });
    const resolve = createSecretResolver();
    await fc.assert(
      fc.asyncProperty(text, async (original) => expect(await resolve(original.replaceAll('${', () => '$${'))).toBe(original)),
    );
  });

  it('resolves anywhere in a value and leaves everything else alone', async () => {
    const value = { source: { servers: ['${env:TEST_HOST}:1'], wait: 5, tls: true, none: null } };
    expect(await createSecretResolver()(value)).toEqual({ source: { servers: ['kafka:1'], wait: 5, tls: true, none: null } });
    expect(value.source.servers).toEqual(['${env:TEST_HOST}:1']);
  });

  it('does not resolve what a reference stands for', async () => {
    process.env.TEST_HOST = '${env:TEST_EMPTY:-x}';
    expect(await createSecretResolver()('${env:TEST_HOST}')).toBe('${env:TEST_EMPTY:-x}');
  });

  it('names option and reference of what it cannot resolve', async () => {
    await expect(createSecretResolver()({ source: { servers: ['a:1', '${env:TEST_ABSENT}'] } })).rejects.toMatchObject({
      code: 'SECRET_UNRESOLVED',
      message: "source.servers[1]: ${env:TEST_ABSENT} can't be resolved: the environment variable is not set",
      remedy: 'set TEST_ABSENT where the connector is planned and run',
      retriable: false,
    });
  });

  it('asks once for a secret while it is fresh, and again after a failure', async () => {
    let asked = 0;
    const ssm = async () => {
      asked += 1;
      if (asked === 1) throw new Error('hunter2');
      return `answer ${asked}`;
    };
    const resolve = createSecretResolver({ providers: { ...secretProviders, ssm } });
    await expect(resolve({ password: '${ssm:/p}' })).rejects.toMatchObject({ message: "password: ${ssm:/p} can't be resolved: Error" });
    expect(await resolve(['${ssm:/p}', '${ssm:/p}'])).toEqual(['answer 2', 'answer 2']);
    expect(await resolve('${ssm:/p}')).toBe('answer 2');
    const impatient = createSecretResolver({ providers: { ...secretProviders, ssm }, ttlMs: 0 });
    expect([await impatient('${ssm:/p}'), await impatient('${ssm:/p}')]).toEqual(['answer 3', 'answer 4']);
  });

  it.each(['AWS_SECRET_ACCESS_KEY', 'aws_session_token', 'LAMBDA_TASK_ROOT', '_HANDLER'])('does not read %s, set or not', async (name) => {
    await expect(createSecretResolver()({ host: `\${env:${name}:-x}` })).rejects.toMatchObject({
      code: 'SECRET_UNRESOLVED',
      message: `host: \${env:${name}} can't be resolved: variables of that name are not for connectors`,
    });
  });

  it('reads in a function only the variables that the deployment names', async () => {
    process.env.AWS_LAMBDA_FUNCTION_NAME = 'task';
    try {
      expect(await createSecretResolver()('${env:TEST_HOST:-default}')).toBe('default');
      await expect(createSecretResolver()('${env:TEST_HOST}')).rejects.toMatchObject({
        remedy: 'add TEST_HOST to CONNECT_ENV_REFERENCES in serverless.yml, and deploy',
      });
      process.env.CONNECT_ENV_REFERENCES = 'OTHER, TEST_HOST';
      expect(await createSecretResolver()('${env:TEST_HOST}')).toBe('kafka');
    } finally {
      delete process.env.AWS_LAMBDA_FUNCTION_NAME;
      delete process.env.CONNECT_ENV_REFERENCES;
    }
  });

  it('reads a secret once for all its keys, so that a user and a password are of one version', async () => {
    let version = 0;
    const secretsmanager = async () => {
      version += 1;
      return JSON.stringify({ user: `app_${version}`, password: `pw_${version}` });
    };
    const resolve = createSecretResolver({ providers: { ...secretProviders, secretsmanager } });
    const login = { user: '${secretsmanager:db#user}', password: '${secretsmanager:db#password}' };
    expect(await resolve(login)).toEqual({ user: 'app_1', password: 'pw_1' });
    resolve.forget();
    expect(await resolve(login)).toEqual({ user: 'app_2', password: 'pw_2' });
  });

  it('lets no message show what a secret reference stands for, whatever it is', async () => {
    const secret = fc
      .string({ minLength: 4, maxLength: 60 })
      .filter((text) => /^\S+$/.test(text) && !'${secretsmanager:db}'.includes(text));
    await fc.assert(
      fc.asyncProperty(secret, async (value) => {
        const resolve = createSecretResolver({ providers: { ...secretProviders, secretsmanager: async () => value } });
        await resolve({ host: '${secretsmanager:db}' });
        for (const message of [
          `no host ${value} is found`,
          `${JSON.stringify(value)} is listed twice`,
          `getaddrinfo ${value.toLowerCase()}`,
        ]) {
          const { line } = new ConnectError('UNREACHABLE', message, { remedy: `correct '${value}'` });
          expect(line).not.toContain(` ${value} `);
          expect(line).not.toContain(`'${value}'`);
          expect(line).toContain('${secretsmanager:db}');
        }
      }),
    );
  });

  it('lets no message show a part of it, such as the host of an address, and leaves plain words alone', async () => {
    const value = 'amqp://Tr0ub4dor:secret@db-7f3a.internal:5671/certificate';
    const resolve = createSecretResolver({ providers: { ...secretProviders, ssm: async () => value } });
    await resolve('${ssm:/broker}');
    const { message } = new ConnectError('UNREACHABLE', 'no certificate of db-7f3a.internal names Tr0ub4dor');
    expect(message).toBe('no certificate of ${ssm:/broker} names ${ssm:/broker}');
  });

  it('lets no log line show it, whatever it is in', async () => {
    const resolve = createSecretResolver({ providers: { ...secretProviders, ssm: async () => 'hunter-2-hunter' } });
    await resolve('${ssm:/password}');
    const error = new Error('access denied', { cause: new Error('for hunter-2-hunter') });
    const shown = shownWithoutSecrets({ reason: 'hunter-2-hunter', list: ['hunter-2-hunter'], error, count: 3, at: new Date(0) });
    expect(shown).toMatchObject({
      reason: '${ssm:/password}',
      count: 3,
      at: '1970-01-01T00:00:00.000Z',
      error: { name: 'Error', message: 'access denied' },
    });
    expect(JSON.stringify(shown)).not.toContain('hunter-2');
  });
});
