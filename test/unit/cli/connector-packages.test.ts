import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { loadersOf, namedPackages } from '../../../src/cli/project/connector-packages.ts';

describe('the connector packages of a project', () => {
  let project: string;

  beforeEach(async () => {
    project = await mkdtemp(path.join(tmpdir(), 'project-'));
  });

  afterEach(() => rm(project, { recursive: true }));

  async function write(file: string, content: unknown): Promise<void> {
    await mkdir(path.join(project, path.dirname(file)), { recursive: true });
    await writeFile(path.join(project, file), typeof content === 'string' ? content : JSON.stringify(content));
  }

  const naming = (connectors: unknown) => write('package.json', { 'rocketmq-connect': { connectors } });

  it.each(['{"name": "project"}', '\uFEFF{"name": "project"}', '{"rocketmq-connect": null}', 'null'])(
    'are none where package.json is %j',
    async (content) => {
      await write('package.json', content);
      expect(await namedPackages(project)).toEqual([]);
    },
  );

  it('are those of the nearest package.json above', async () => {
    await naming(['acme', '@acme/other', 'acme']);
    await mkdir(path.join(project, 'a/b'), { recursive: true });
    expect(await namedPackages(path.join(project, 'a/b'))).toEqual([
      { name: 'acme', project },
      { name: '@acme/other', project },
    ]);
  });

  it.each([['acme'], [[1]], [['../acme']], [{ acme: true }]])('are refused where package.json says %j', async (connectors) => {
    await naming(connectors);
    await expect(namedPackages(project)).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: `${project}/package.json: "rocketmq-connect".connectors is not a list of package names`,
      remedy: 'write it as "rocketmq-connect": { "connectors": ["my-connector"] }',
    });
  });

  it.each([
    ['main', { main: 'entry.mjs' }],
    ['exports', { exports: './entry.mjs' }],
    ['a condition of exports', { exports: { '.': { types: './entry.d.ts', import: './entry.mjs' } } }],
  ])('are loaded by %s', async (_, manifest) => {
    await write('node_modules/acme/package.json', { name: 'acme', ...manifest });
    await write('node_modules/acme/entry.mjs', 'export const connectorTypes = { here: true };');
    const loaded = await loadersOf([{ name: 'acme', project }]).acme?.();
    expect({ ...(loaded as object) }).toEqual({ connectorTypes: { here: true } });
  });

  it('may begin their package.json with a byte order mark, and are named by its file where that is no JSON', async () => {
    await write('node_modules/acme/package.json', '\uFEFF{"main": "entry.mjs"}');
    await write('node_modules/acme/entry.mjs', 'export const connectorTypes = {};');
    await expect(loadersOf([{ name: 'acme', project }]).acme?.()).resolves.toBeDefined();
    await write('node_modules/acme/package.json', '{"main": ');
    await expect(loadersOf([{ name: 'acme', project }]).acme?.()).rejects.toMatchObject({
      message: `${project}/node_modules/acme/package.json is not valid JSON`,
    });
  });

  it('are not there where they are not installed', async () => {
    await expect(loadersOf([{ name: 'acme', project }]).acme?.()).rejects.toThrow('it is not installed');
  });
});
