import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { keyOf, MysqlLab } from './mysql-lab.ts';

describe('a column of a primary key', () => {
  let lab: MysqlLab;
  let start: string;
  beforeAll(async () => {
    lab = await MysqlLab.open('mariadb');
    await lab.run('CREATE TABLE people (mail VARCHAR(40) PRIMARY KEY, name TEXT)');
    start = await lab.now();
    await lab.run("INSERT INTO people VALUES ('a@b', 'a'), ('b@b', 'b')");
  });
  afterAll(() => lab[Symbol.asyncDispose]());

  it('may be masked by a salt: rows are still told apart', async () => {
    const { records } = await lab.read(start, { maskColumns: [{ columns: ['*.people.mail'], salt: 'pepper' }] });
    expect(new Set(records.map(keyOf)).size).toBe(2);
    expect(keyOf(records[0] as never)).toMatch(/^\{"mail":"[0-9a-f]{64}"\}$/);
  });

  it.each([
    ['excludeColumns', { excludeColumns: ['*.people.mail'] }],
    ['maskColumns', { maskColumns: [{ columns: ['*.people.mail'], value: '***' }] }],
  ])('may not be hidden by %s', async (option, config) => {
    await expect(lab.read(start, config)).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: `source.${option}: hides part of the primary key of ${lab.database}.people`,
      remedy: expect.stringContaining('with a salt'),
    });
  });
});
