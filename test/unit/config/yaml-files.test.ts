import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parseDocuments, readConnectorDocuments } from '../../../src/config/yaml-files.ts';

describe('parseDocuments', () => {
  it('reads one or more documents and knows where their options stand', () => {
    const [first, second, ...rest] = parseDocuments(
      'all.yml',
      ['name: a', 'source:', '  topics: [x, y]', '---', 'name: b', 'source:', '  topics:', '    - ${env:TOPIC}', '---'].join('\n'),
    );
    expect(rest).toEqual([]);
    expect(first?.data).toEqual({ name: 'a', source: { topics: ['x', 'y'] } });
    expect(second?.data).toEqual({ name: 'b', source: { topics: ['${env:TOPIC}'] } });
    expect(first?.locate('source.topics[1]')).toBe('all.yml:3:15');
    expect(second?.locate('source.topics')).toBe('all.yml:7:3');
    expect(second?.locate('source.topics[0]')).toBe('all.yml:8:7');
  });

  it('places a missing option at the section that misses it', () => {
    const [document] = parseDocuments('a.yml', 'name: a\nsource:\n  topics: [x]\n');
    expect(document?.locate('source.sasl.password')).toBe('a.yml:2:1');
    expect(document?.locate('rocketmq')).toBe('a.yml:1:1');
  });

  it.each([
    ['name: a\nname: b\n', 'a.yml:2:1: name stands twice in one section', 'correct the YAML'],
    ['source:\n\ttopics: a', 'a.yml:2:1: Tabs are not allowed as indentation', 'correct the YAML'],
    ['name: "a\n', 'a.yml:2:1: Missing closing "quote', 'correct the YAML'],
    [
      'topics: [${env:A}, b]',
      'a.yml:1:11: Missing , or : between flow sequence items',
      'put references inside [ ] or { } in quotes: "${env:NAME}"',
    ],
    ['name: *a', 'a.yml:1:1: Unresolved alias (the anchor must be set before the alias): a', 'correct the YAML'],
    ['name: !!js/function a', 'a.yml:1:7: Unresolved tag: tag:yaml.org,2002:js/function', 'correct the YAML'],
    ['# nothing\n', 'a.yml: is empty', 'see examples/kafka-to-rocketmq.yml'],
  ])('refuses %j', (content, message, remedy) => {
    expect(() => parseDocuments('a.yml', content)).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID', message, remedy }));
  });
});

describe('readConnectorDocuments', () => {
  let folder: string;
  const write = (name: string, content: string) => writeFile(path.join(folder, name), content);

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'connectors-'));
    await Promise.all([write('b.yml', 'name: b'), write('a.yaml', 'name: a1\n---\nname: a2'), write('c.txt', 'name: c')]);
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('reads the YAML files of a folder, by name', async () => {
    const documents = await readConnectorDocuments([folder]);
    expect(documents.map(({ data }) => data)).toEqual([{ name: 'a1' }, { name: 'a2' }, { name: 'b' }]);
  });

  it('refuses two connectors of one name', async () => {
    const file = path.join(folder, 'b.yml');
    await expect(readConnectorDocuments([folder, file])).rejects.toMatchObject({
      message: `${file}:1:1: connector b is already at ${file}:1:1`,
      remedy: 'give each connector a name of its own',
    });
  });

  it('refuses what is not there', async () => {
    await expect(readConnectorDocuments([path.join(folder, 'z.yml')])).rejects.toMatchObject({
      message: `${path.join(folder, 'z.yml')}: no such file or folder`,
    });
  });
});
