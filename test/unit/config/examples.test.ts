import { readdir, readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { Ajv, type ValidateFunction } from 'ajv';
import { describeOptions } from '../../../src/config/describe.ts';
import { connectorFileJsonSchema } from '../../../src/config/json-schema.ts';
import { optionSchema } from '../../../src/config/option-schema.ts';
import { connectorFileSpec, parseConnectorFile } from '../../../src/config/parse-connector-file.ts';
import { parseDocuments } from '../../../src/config/yaml-files.ts';
import { connectorTypes } from '../../../src/connectors/registry.ts';

const folder = new URL('../../../examples/', import.meta.url);
const files = (await readdir(folder)).filter((file) => file.endsWith('.yml'));
const textOf = (file: string) => readFile(new URL(file, folder), 'utf8');

describe.each(files)('examples/%s', (file) => {
  let validate: ValidateFunction;
  beforeAll(async () => {
    const types = await Promise.all(Object.values(connectorTypes).map((load) => load()));
    validate = new Ajv({ allowUnionTypes: true, strict: false }).compile(connectorFileJsonSchema(types));
  });

  it('is valid, for the command and for editors', async () => {
    for (const { data } of parseDocuments(file, await textOf(file))) {
      await parseConnectorFile(data, connectorTypes);
      validate(data);
      expect(validate.errors).toBeNull();
    }
  });
});

describe('examples/full.yml', () => {
  it('names every option of its type', async () => {
    const text = await textOf('full.yml');
    const type = await connectorTypes['kafka-source']?.();
    const options = type === undefined ? [] : describeOptions(optionSchema(connectorFileSpec(type)));
    const absent = options.filter(({ name }) => !new RegExp(`\\b${name.split('.').at(-1)}:`).test(text)).map(({ name }) => name);
    expect(absent).toEqual([]);
  });
});
