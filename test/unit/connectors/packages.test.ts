import { describe, expect, it } from '@jest/globals';
import type { TaskClass } from '../../../src/api/index.ts';
import { type Registry, withPackages } from '../../../src/connectors/packages.ts';

const own: Registry = {
  connectorTypes: { 'kafka-source': async () => ({}) as never },
  taskClasses: { KafkaSourceTask: async () => ({}) as TaskClass },
};
const config = { safeParse: () => ({ success: true }) };
const type = { type: 'acme-source', direction: 'source', summary: 'Copies.', config, create: () => ({}) };
const taskClass = { direction: 'source', create: class {} };
const acme = { connectorTypes: { 'acme-source': async () => type }, taskClasses: { AcmeTask: async () => taskClass } };

const load = (exported: unknown) => withPackages(own, { acme: async () => exported });

describe('connector packages', () => {
  it('are added to the connectors of the product, and loaded when they are used', async () => {
    const registry = await load(acme);
    expect(Object.keys(registry.connectorTypes)).toEqual(['kafka-source', 'acme-source']);
    expect(await registry.connectorTypes['acme-source']?.()).toBe(type);
    expect(await registry.taskClasses.AcmeTask?.()).toBe(taskClass);
  });

  it.each([
    [
      'exports nothing',
      {},
      'exports no connectorTypes; export connectorTypes: an object with a function for each connector type, which loads it',
    ],
    ['exports no classes', { ...acme, taskClasses: {} }, /^exports no taskClasses; export taskClasses: /],
    [
      'has no function',
      { ...acme, taskClasses: { AcmeTask: taskClass } },
      /^has no function in taskClasses\["AcmeTask"\]; write it as \(\) => import/,
    ],
    [
      'takes a name',
      { ...acme, connectorTypes: own.connectorTypes },
      /^has a connector type kafka-source, as this product has; remove one/,
    ],
  ])('is named with the remedy where it %s', async (_, exported, says) => {
    await expect(load(exported)).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
    const { line } = await load(exported).catch((error) => error);
    const begin = 'CONFIG_INVALID: connector package acme ';
    expect(line.startsWith(begin)).toBe(true);
    if (typeof says === 'string') expect(line.slice(begin.length)).toBe(says);
    else expect(line.slice(begin.length)).toMatch(says);
  });

  const failure = (message: string, code?: string) => Object.assign(new Error(message), code === undefined ? {} : { code });

  it.each([
    [failure('it is not installed', 'NOT_INSTALLED'), 'run `npm install acme`'],
    [failure("Cannot find package 'x'", 'ERR_MODULE_NOT_FOUND'), /^install what it imports beside it/],
    [failure('Stripping types is unsupported', 'ERR_UNSUPPORTED_NODE_MODULES_TYPE_STRIPPING'), /compiled JavaScript$/],
    [failure('no key in the environment'), /^let its author correct it/],
  ])('is named where it can not be loaded, with what helps: %s', async (error, remedy) => {
    const acme = { acme: () => Promise.reject(error) };
    await expect(withPackages(own, acme)).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: `connector package acme can't be loaded: ${error.message}`,
      remedy: typeof remedy === 'string' ? remedy : expect.stringMatching(remedy),
    });
  });

  it('is named where what it exports can not be loaded', async () => {
    const broken = () => Promise.reject(failure("Cannot find package 'rocketmq-connect-serverless'", 'ERR_MODULE_NOT_FOUND'));
    const { connectorTypes } = await load({ ...acme, connectorTypes: { 'acme-source': broken } });
    await expect(connectorTypes['acme-source']?.()).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: "connector package acme can't load its connector type acme-source: Cannot find package 'rocketmq-connect-serverless'",
      remedy: expect.stringMatching(/^install what it imports/),
    });
  });

  it('may be a CommonJS module, all of which is its default export for Node', async () => {
    expect(Object.keys((await load({ default: acme })).connectorTypes)).toContain('acme-source');
  });

  it('may not take the name of another package', async () => {
    const packages = { acme: async () => acme, other: async () => acme };
    await expect(withPackages(own, packages)).rejects.toMatchObject({
      message: 'connector package other has a connector type acme-source, as another package has',
    });
  });

  it.each([
    ['says type: "acme"', { ...type, type: 'acme' }],
    ['says direction: "both", and not "source" or "sink"', { ...type, direction: 'both' }],
    ['has no summary', { ...type, summary: '' }],
    ['has no config made with zod', { ...type, config: {} }],
    ['has no function create', { ...type, create: undefined }],
    ['is no object', undefined],
  ])('is named where its type %s', async (problem, wrong) => {
    const { connectorTypes } = await load({ ...acme, connectorTypes: { 'acme-source': async () => wrong } });
    await expect(connectorTypes['acme-source']?.()).rejects.toMatchObject({
      line: `CONFIG_INVALID: connector package acme loads a connector type acme-source that ${problem}; let its author correct it`,
    });
  });
});
