import { expect, it } from '@jest/globals';
import { SnapshotCopy } from './snapshot-copy.ts';

it('goes on behind a refused statement of MariaDB once a user says so, and the rest arrives', async () => {
  await using copy = await SnapshotCopy.open('mariadb');
  const sql = (text: string) => copy.lab.admin.query(text);
  await sql('CREATE TABLE t (id INT PRIMARY KEY, v INT); INSERT INTO t VALUES (1, 1)');
  await copy.apply({}, { maxTasks: 1 });
  await copy.runToEnd();
  await sql('INSERT INTO t VALUES (2, 2); SET SESSION binlog_format = STATEMENT; UPDATE t SET v = 5 WHERE id = 1');
  await sql('SET SESSION binlog_format = ROW; INSERT INTO t VALUES (3, 3)');

  const stopped = (await copy.runtime.run({ connector: copy.name, task: 0 })).summary;
  expect(stopped).toMatchObject({ records: 1, stopped: [{ message: expect.stringContaining('UPDATE t SET v = 5') }] });
  const [{ place = '' } = {}] = stopped?.stopped ?? [];
  expect(place).toMatch(/^stream@0-\d+-\d+:0$/);
  expect(await copy.ask({ action: 'skip', connector: copy.name, place })).toMatchObject({ ok: true });
  const { summary } = await copy.runtime.run({ connector: copy.name, task: 0 });
  expect(summary).toMatchObject({
    outcome: 'caught-up',
    records: 1,
    skipped: [{ place, reason: expect.stringContaining('UPDATE t SET v = 5') }],
  });
  expect(await copy.ask({ action: 'runs', connector: copy.name })).toMatchObject({ result: { runs: [{ skipped: [{ place }] }, {}, {}] } });

  expect((await copy.folded()).t).toEqual({
    '{"id":1}': { id: 1, v: 1 },
    '{"id":2}': { id: 2, v: 2 },
    '{"id":3}': { id: 3, v: 3 },
  });
});
