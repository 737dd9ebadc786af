import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mariadb } from '../../../infra/local/servers/mariadb.ts';
import { mysql56 } from '../../../infra/local/servers/mysql56.ts';
import { readableLogEnd } from '../../../src/connectors/mysql/position/log-end.ts';
import { serverFacts } from '../../../src/connectors/mysql/server/server-facts.ts';
import { OwnServer } from '../../support/own-server.ts';
import { SnapshotCopy } from './snapshot-copy.ts';

/** Longer than any test: commits end when the test says so. */
const COMMIT_MS = 3_600_000;

/** More than what else asks so. */
const ASKED = 30;

const WRITERS = 6;
const LOOKS = 200;

describe.each([mariadb, mysql56])('a transaction that is in the log of $name before its rows can be read', (server) => {
  let own: OwnServer;
  let copy: SnapshotCopy;
  beforeAll(async () => {
    own = await OwnServer.start(server);
    copy = await SnapshotCopy.open({ address: own.address('mysql') });
  });
  afterAll(async () => {
    await copy?.[Symbol.asyncDispose]();
    await own?.[Symbol.asyncDispose]();
  });
  const sql = (text: string) => copy.lab.admin.query(text);

  it('is not before the place where the log begins, whoever commits', async () => {
    await sql(
      'CREATE TABLE counted (id INT AUTO_INCREMENT PRIMARY KEY); SET GLOBAL sync_binlog = 1, GLOBAL innodb_flush_log_at_trx_commit = 1',
    );
    const facts = await serverFacts(copy.lab.server);
    const transactions = async () => Number(/\d+$/.exec((await readableLogEnd(copy.lab.server, facts)).gtids)?.[0]);
    const before = await transactions();
    let written = false;
    const writing = Array.from({ length: WRITERS }, async () => {
      const writer = await copy.lab.connect();
      while (!written) await writer.query('INSERT INTO counted VALUES ()');
      await writer.end();
    });
    const hidden: number[] = [];
    try {
      for (let look = 0; look < LOOKS; look += 1) {
        const inLog = (await transactions()) - before;
        const [row] = await copy.lab.query(`SELECT COUNT(*) FROM ${copy.lab.database}.counted`);
        hidden.push(Math.max(0, inLog - Number(row?.[0])));
      }
    } finally {
      written = true;
      await Promise.all(writing);
    }
    expect(Math.max(...hidden)).toBe(0);
  }, 900_000);
});

describe('a transaction whose commit waits', () => {
  let own: OwnServer;
  let copy: SnapshotCopy;
  beforeAll(async () => {
    own = await OwnServer.start(mariadb);
    copy = await SnapshotCopy.open({ address: own.address('mysql') });
  });
  afterAll(async () => {
    await copy?.[Symbol.asyncDispose]();
    await own?.[Symbol.asyncDispose]();
  });
  const sql = (text: string) => copy.lab.admin.query(text);
  const masterStatus = async () => JSON.stringify((await sql('SHOW MASTER STATUS'))[0]);

  /** Resolves when the statement is in the log: its commit waits for a replica, which there is none, until it is told to end. */
  async function write(statement: string): Promise<{ readonly commit: () => Promise<void> }> {
    const writer = await copy.lab.connect();
    await sql(`SET GLOBAL rpl_semi_sync_master_enabled = 0; SET GLOBAL rpl_semi_sync_master_enabled = 1, GLOBAL rpl_semi_sync_master_timeout = ${COMMIT_MS},
      GLOBAL rpl_semi_sync_master_wait_point = 'AFTER_SYNC'`);
    const before = await masterStatus();
    const committed = writer.query(statement).then(() => writer.end());
    while ((await masterStatus()) === before) await sleep(10);
    const commit = async () => {
      await sql('SET GLOBAL rpl_semi_sync_master_enabled = 0');
      await committed;
    };
    return { commit };
  }

  /** Resolves when a reader asks the server again and again how far the commits are. */
  async function readerAsks(): Promise<void> {
    const asked = async () => {
      const [row] = await copy.lab.query(
        "SELECT VARIABLE_VALUE FROM information_schema.GLOBAL_STATUS WHERE VARIABLE_NAME = 'COM_SHOW_STATUS'",
      );
      return Number(row?.[0]);
    };
    const before = await asked();
    while ((await asked()) < before + ASKED) await sleep(10);
  }

  it('is copied by the log, where the first plan is made in between', async () => {
    await sql("CREATE TABLE orders (id INT PRIMARY KEY, text VARCHAR(20)); INSERT INTO orders VALUES (1, 'a'), (2, 'b')");
    const { commit } = await write("INSERT INTO orders VALUES (3, 'c')");
    await copy.apply();
    expect(Object.keys(await copy.rows('orders'))).toHaveLength(2);
    await commit();
    await copy.runToEnd();
    expect((await copy.folded()).orders).toEqual(await copy.rows('orders'));
  });

  it('is not undone by rows that are read behind it, on demand', async () => {
    const { commit } = await write("UPDATE orders SET text = 'newer' WHERE id = 1");
    await copy.runToEnd();
    await copy.ask({ action: 'snapshot', connector: copy.name, tables: [`${copy.lab.database}.orders`] });
    expect(Object.values(await copy.rows('orders'))).toContainEqual({ id: 1, text: 'a' });
    const copied = copy.runToEnd();
    await Promise.race([readerAsks(), copied]);
    await commit();
    await copied;
    expect((await copy.folded()).orders).toEqual(await copy.rows('orders'));
  });
});
