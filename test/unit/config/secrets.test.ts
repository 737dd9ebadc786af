import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { secretProviders } from '../../../src/config/secret-providers.ts';
import { createSecretResolver } from '../../../src/config/secrets.ts';

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
});
