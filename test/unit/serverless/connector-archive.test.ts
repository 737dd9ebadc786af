import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { placesOf } from '../../../infra/serverless/plugin/connector-archive.ts';

describe('where connector packages and what they depend on go in the functions', () => {
  let project: string;

  beforeEach(async () => {
    project = await mkdtemp(path.join(tmpdir(), 'project-'));
  });

  afterEach(() => rm(project, { recursive: true }));

  async function install(place: string, manifest: object): Promise<void> {
    await mkdir(path.join(project, place), { recursive: true });
    await writeFile(path.join(project, place, 'package.json'), JSON.stringify(manifest));
  }

  async function places(...names: readonly string[]): Promise<Readonly<Record<string, string>>> {
    const found = await placesOf(names.map((name) => ({ name, project })));
    return Object.fromEntries([...found].map(([place, folder]) => [place, path.relative(project, folder)]));
  }

  it('is the top for what there is once', async () => {
    await install('node_modules/acme', { dependencies: { client: '1' }, peerDependencies: { 'rocketmq-connect-serverless': '1' } });
    await install('node_modules/client', { dependencies: { codec: '1' } });
    await install('node_modules/client/node_modules/codec', { dependencies: { client: '1' } });
    expect(await places('acme')).toEqual({
      'node_modules/acme': 'node_modules/acme',
      'node_modules/client': 'node_modules/client',
      'node_modules/codec': 'node_modules/client/node_modules/codec',
    });
  });

  it('is below the dependent for another version', async () => {
    await install('node_modules/acme', { dependencies: { codec: '1' } });
    await install('node_modules/other', { dependencies: { codec: '2' } });
    await install('node_modules/codec', {});
    await install('node_modules/other/node_modules/codec', {});
    expect(await places('acme', 'other')).toEqual({
      'node_modules/acme': 'node_modules/acme',
      'node_modules/other': 'node_modules/other',
      'node_modules/codec': 'node_modules/codec',
      'node_modules/other/node_modules/codec': 'node_modules/other/node_modules/codec',
    });
  });

  it('is refused for a dependency that is not installed, unless it is an optional one', async () => {
    await install('node_modules/acme', { dependencies: { client: '1' } });
    await expect(places('acme')).rejects.toMatchObject({
      line: 'NOT_FOUND: package client, which acme depends on, is not installed; run npm install',
    });
    await install('node_modules/acme', { optionalDependencies: { client: '1' } });
    expect(await places('acme')).toEqual({ 'node_modules/acme': 'node_modules/acme' });
  });
});
