import { readFile } from 'node:fs/promises';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { EXPIRES_AT, TABLE_DEFINITION } from '../../../src/store/dynamodb/table-definition.ts';

describe('the table that is deployed', () => {
  it('is the one that the store expects', async () => {
    const resources = parse(await readFile('infra/resources/table.yml', 'utf8'), { logLevel: 'silent' });
    expect(resources.Resources.Table.Properties).toMatchObject({
      ...TABLE_DEFINITION,
      TimeToLiveSpecification: { AttributeName: EXPIRES_AT, Enabled: true },
    });
  });
});
