import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { mysql56 } from '../../../infra/local/servers/mysql56.ts';
import { OwnServer } from '../../support/own-server.ts';
import { keyOf, MysqlLab } from './mysql-lab.ts';
import { withCnf } from './own-cnf.ts';
import { SnapshotCopy } from './snapshot-copy.ts';

describe('a server without GTIDs', () => {
  let own: OwnServer;
  let copy: SnapshotCopy;
  beforeAll(async () => {
    own = await OwnServer.start(withCnf(mysql56, ['gtid_mode=OFF']));
  });
  afterAll(() => own?.[Symbol.asyncDispose]());
  beforeEach(async () => {
    copy = await SnapshotCopy.open({ address: own.address('mysql') });
  });
  afterEach(() => copy?.[Symbol.asyncDispose]());
  const sql = (text: string) => copy.lab.admin.query(text);

  it('is copied by places in its log, over transactions of several runs and new files of the log', async () => {
    await sql("CREATE TABLE t (id INT PRIMARY KEY, v VARCHAR(20)); INSERT INTO t VALUES (1, 'a'), (2, 'b')");
    const batch = { ...copy.spec().batch, maxRecords: 300 };
    await copy.apply({}, { batch });
    await copy.runToEnd();
    await sql(`INSERT INTO t VALUES ${Array.from({ length: 1_000 }, (_, id) => `(${id + 10}, 'new')`)}`);
    await sql("FLUSH LOGS; START TRANSACTION; UPDATE t SET v = 'changed' WHERE id < 700; DELETE FROM t WHERE id = 2; COMMIT");
    await copy.runToEnd();
    expect((await copy.folded()).t).toEqual(await copy.rows('t'));
    const ids = (await copy.messages()).flat().length;
    expect(ids).toBe(2 + 1_000 + 692 + 2);
    const stream = (await copy.tasks()).find(({ positions }) => positions.has('stream'));
    expect(stream?.positions.get('stream')).toMatch(/^1@file:binlog\.\d+:\d+$/);
    expect(await copy.runtime.run({ connector: copy.name, task: stream?.task as number })).toMatchObject({
      summary: { outcome: 'caught-up', records: 0 },
    });
  });

  it('tells of a log that was begun anew', async () => {
    await sql('CREATE TABLE t (id INT PRIMARY KEY)');
    await copy.apply({}, { maxTasks: 1 });
    await copy.runToEnd();
    await sql('INSERT INTO t VALUES (1)');
    await sql('FLUSH LOGS; INSERT INTO t VALUES (2)');
    await copy.runToEnd();
    expect(Object.keys((await copy.folded()).t ?? {})).toHaveLength(2);
    await sql('RESET MASTER');
    await sql('INSERT INTO t VALUES (3)');
    expect(await copy.runtime.run({ connector: copy.name, task: 0 })).toMatchObject({ summary: { error: { code: 'POSITION_LOST' } } });
  });
});

describe('a server with GTIDs', () => {
  let own: OwnServer;
  beforeAll(async () => {
    own = await OwnServer.start(mysql56);
  });
  afterAll(() => own?.[Symbol.asyncDispose]());

  it('has lost a place that it had and does not have any more, and waits for one that another server of its replication had', async () => {
    await using lab = await MysqlLab.at(own.address('mysql'));
    const [row] = await lab.admin.rows<{ uuid: string }>('SELECT @@server_uuid AS uuid');
    const other = '11111111-2222-3333-5555-000000000001';
    await expect(lab.read(`gtid:${other}:1-5`)).rejects.toMatchObject({ code: 'POSITION_LOST', retriable: true });
    await expect(lab.read(`gtid:${row?.uuid}:1-1000000,${other}:1-5`)).rejects.toMatchObject({ code: 'POSITION_LOST', retriable: false });
  });

  it('has transactions of many servers, which make positions of some thousand characters, from which a run goes on', async () => {
    await using lab = await MysqlLab.at(own.address('mysql'));
    await lab.run('CREATE TABLE t (id INT PRIMARY KEY)');
    const start = await lab.now();
    for (let server = 0; server < 60; server += 1) {
      const uuid = `11111111-2222-3333-4444-${String(server).padStart(12, '0')}`;
      await lab.run(`SET gtid_next = '${uuid}:7'; INSERT INTO t VALUES (${server * 2}), (${server * 2 + 1}); SET gtid_next = AUTOMATIC`);
    }
    const first = await lab.read(start, {}, 101);
    expect(first.position?.length).toBeGreaterThan(2_000);
    const rest = await lab.read(first.position);
    expect([...first.records, ...rest.records].map(keyOf)).toEqual(Array.from({ length: 120 }, (_, id) => `{"id":${id}}`));
    expect((await lab.read(rest.position)).records).toEqual([]);
  });
});
