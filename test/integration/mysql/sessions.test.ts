import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mariadb } from '../../../infra/local/servers/mariadb.ts';
import { mysql56 } from '../../../infra/local/servers/mysql56.ts';
import { warmServer } from '../../../src/connectors/mysql/server/server.ts';
import { OwnServer } from '../../support/own-server.ts';
import { MysqlLab } from './mysql-lab.ts';
import { withCnf } from './own-cnf.ts';
import { SnapshotCopy } from './snapshot-copy.ts';

/** What administrators set for all sessions, and would silently change what is read. */
const ODD = ['autocommit=0', 'skip-character-set-client-handshake', 'character-set-server=latin1', 'transaction-isolation=REPEATABLE-READ'];

describe.each([mariadb, mysql56])('a $name whose sessions begin with odd settings', (server) => {
  let own: OwnServer;
  let copy: SnapshotCopy;
  beforeAll(async () => {
    own = await OwnServer.start(withCnf(server, ODD));
    copy = await SnapshotCopy.open({ address: own.address('mysql') });
    await copy.lab.admin.query('SET GLOBAL sql_select_limit = 3, NAMES utf8mb4');
  });
  afterAll(async () => {
    await copy?.[Symbol.asyncDispose]();
    await own?.[Symbol.asyncDispose]();
  });
  const sql = (text: string) => copy.lab.admin.query(`${text}; COMMIT`);

  it('is copied as it is, also what changes between two runs over one connection', async () => {
    await sql('CREATE TABLE keyless (a INT); CREATE TABLE texts (id INT PRIMARY KEY, v VARCHAR(40) CHARACTER SET utf8mb4)');
    await sql("INSERT INTO keyless VALUES (1), (2), (3), (4), (5); INSERT INTO texts VALUES (1, 'é 😀 漢'), (2, 'b')");
    await copy.apply({}, { maxTasks: 1 });
    await copy.runToEnd();
    await sql("UPDATE texts SET v = 'newer 😀' WHERE id = 2");
    await copy.runToEnd();
    await copy.ask({ action: 'snapshot', connector: copy.name, tables: [`${copy.lab.database}.texts`] });
    await copy.runToEnd();
    const values = (await copy.messages()).flat().map(({ value }) => value);
    expect(values.filter((value) => value?.source.table === 'keyless')).toHaveLength(5);
    const read = values.flatMap((value) => (value?.source.table === 'texts' && value.op === 'r' ? [value.after] : []));
    const texts = (v: string) => read.filter((row) => (row as { v: string }).v === v).length;
    expect({ unchanged: texts('é 😀 漢'), before: texts('b'), after: texts('newer 😀') }).toEqual({ unchanged: 2, before: 1, after: 1 });
  });
});

describe('a connection that is lost while rows come', () => {
  it.each(['whole tables', 'ranges'])('ends the reading of %s at once, as retriable', async (what) => {
    await using own = await OwnServer.start(mariadb);
    await using lab = await MysqlLab.at(own.address('mysql'));
    await lab.run('CREATE TABLE t (id INT PRIMARY KEY, v LONGTEXT)');
    await lab.run(`INSERT INTO t VALUES ${Array.from({ length: 30 }, (_, id) => `(${id}, REPEAT('x', 1000000))`)}`);
    // Whoever waits for an answer does so until the test's own limit.
    const server = await warmServer(lab.parsed({ requestTimeoutMs: 300_000 }), 'source', lab.clients);
    // Slow enough for the server to die before the last row.
    const select = `SELECT *, SLEEP(0.1) FROM ${lab.database}.t`;
    let rows = 0;
    const kill = async () => {
      rows += 1;
      if (rows === 1) await own.signal('SIGKILL');
    };
    const reading =
      what === 'ranges'
        ? server.eachRow(select, () => {
            void kill();
            return true;
          })
        : (async () => {
            for await (const _ of server.streamBytes(select)) await kill();
          })();
    await expect(reading).rejects.toMatchObject({ code: 'UNREACHABLE', retriable: true });
    await own.restart(0);
  });
});
