import { describe, expect, it } from '@jest/globals';
import { describeOptions } from '../../../src/config/describe.ts';
import { optionSchema } from '../../../src/config/option-schema.ts';
import { connectorFileSpec, parseConnectorFile } from '../../../src/config/parse-connector-file.ts';
import { connectorTypes } from '../../../src/connectors/registry.ts';

describe.each(Object.keys(connectorTypes))('connector type %s', (name) => {
  const load = async () => {
    const type = await connectorTypes[name]?.();
    if (type === undefined) throw new Error(`no type ${name}`);
    return type;
  };
  const options = async () => describeOptions(optionSchema(connectorFileSpec(await load())));
  const names = (found: Awaited<ReturnType<typeof options>>) => found.map((option) => option.name);

  it('is called what it is registered as, by system and direction', async () => {
    const { type, direction } = await load();
    expect(type).toBe(name);
    expect(name).toMatch(new RegExp(`^[a-z0-9]+(-[a-z0-9]+)*-${direction}$`));
  });

  it('describes every option', async () => {
    expect(names((await options()).filter(({ description }) => !/^\S.*\.$/s.test(description)))).toEqual([]);
  });

  it('says in the name what a number counts', async () => {
    const unnamed = (await options()).filter(({ unit, name: option }) => {
      const suffix = { ms: 'Ms', bytes: 'Bytes', records: 'Records', tasks: 'Tasks', runs: 'Failures' }[unit ?? ''];
      return suffix !== undefined && !option.endsWith(suffix);
    });
    expect(names(unnamed)).toEqual([]);
  });

  it('keeps secrets out of the file', async () => {
    const secrets = (await options()).filter(
      ({ name: option, section }) => !section && /password|secret|token|privateKey|\.key$/i.test(option) && !option.endsWith('Endpoint'),
    );
    expect(names(secrets.filter(({ secret }) => !secret))).toEqual([]);
  });

  it('refuses unknown options, by name', async () => {
    const { direction } = await load();
    const file = { name: 'x', type: name, [direction]: { noSuchOption: 1 }, rocketmq: { endpoints: 'a:1', topic: 'b' } };
    await expect(parseConnectorFile(file, connectorTypes)).rejects.toMatchObject({
      findings: expect.arrayContaining([expect.objectContaining({ option: `${direction}.noSuchOption`, message: 'unknown option' })]),
    });
  });
});
