import { readdir, readFile } from 'node:fs/promises';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { optionSchema } from '../../../src/config/option-schema.ts';
import { connectorFileSpec, parseConnectorFile } from '../../../src/config/parse-connector-file.ts';
import { asList } from '../../../src/config/text-list.ts';
import { parseDocuments } from '../../../src/config/yaml-files.ts';
import { connectorTypes } from '../../../src/connectors/registry.ts';
import { fileOfFlat, flatOfFile } from '../../../src/rest/config/flat-config.ts';
import { wordsSource } from '../../support/rest/words-type.ts';

const schema = optionSchema(connectorFileSpec(wordsSource as never));
const folder = new URL('../../../examples/', import.meta.url);
const files = (await readdir(folder)).filter((file) => file.endsWith('.yml'));

/** Lists and texts with commas mean the same where both are taken. */
const comparable = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value), (_, inner) => (typeof inner === 'string' && inner.includes(',') ? asList(inner) : inner));

describe('a flat configuration', () => {
  it.each(files)('stands for the file that it was made from: examples/%s', async (file) => {
    for (const { data } of parseDocuments(file, await readFile(new URL(file, folder), 'utf8'))) {
      const { direction, system, ...sections } = await parseConnectorFile(data, connectorTypes);
      const full = { ...sections, [direction]: system };
      const type = await connectorTypes[sections.type]?.();
      if (type === undefined) throw new Error(`no type ${sections.type}`);
      const back = fileOfFlat(flatOfFile(full), optionSchema(connectorFileSpec(type)));
      const again = await parseConnectorFile(back, connectorTypes);
      expect(comparable(again)).toEqual(comparable({ ...sections, direction, system }));
    }
  });

  it('has numbers, flags, lists, sections and maps as texts', () => {
    const file = fileOfFlat(
      {
        'connector.class': 'words-source',
        'tasks.max': '3',
        name: 'n',
        'source.words': 'a, b',
        'source.weights.my.word': '7',
        'rocketmq.tls': 'true',
        'batch.maxDurationMs': '5m',
        'batch.maxBytes': '1000',
      },
      schema,
    );
    expect(file).toEqual({
      type: 'words-source',
      maxTasks: 3,
      name: 'n',
      source: { words: ['a', 'b'], weights: { 'my.word': 7 } },
      rocketmq: { tls: true },
      batch: { maxDurationMs: '5m', maxBytes: 1_000 },
    });
    expect(fileOfFlat({ 'rocketmq.tls.ca': 'x', 'source.words': '${env:WORDS}' }, schema)).toEqual({
      rocketmq: { tls: { ca: 'x' } },
      source: { words: '${env:WORDS}' },
    });
  });

  it('keeps what the spec does not know, so that validation names it', () => {
    expect(fileOfFlat({ 'key.converter': 'x', 'source.wrods': 'a', 'tasks.max': 'many' }, schema)).toEqual({
      'key.converter': 'x',
      source: { wrods: 'a' },
      maxTasks: 'many',
    });
  });

  it.each([
    [{ 'rocketmq.tls': 'true', 'rocketmq.tls.ca': 'x' }, 'rocketmq.tls.ca: rocketmq.tls is set as a whole'],
    [{ rocketmq: 'x', 'rocketmq.topic': 'x' }, 'rocketmq.topic: rocketmq is set as a whole'],
    [{ 'source.__proto__': 'x' }, 'source.__proto__: unknown option'],
  ])('that contradicts itself is refused: %j', (flat: Record<string, string>, message) => {
    expect(() => fileOfFlat(flat, schema)).toThrow(expect.objectContaining({ status: 400, message: expect.stringContaining(message) }));
  });

  it('brings lists of any texts back', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.string(), fc.constantFrom('[a', 'a,b', ' a', '${env:A}', '{}')), { maxLength: 4 }), (words) => {
        expect(fileOfFlat(flatOfFile({ source: { words } }), schema)).toEqual({ source: { words } });
      }),
    );
  });
});
