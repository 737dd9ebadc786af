import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mariadb } from '../../../infra/local/servers/mariadb.ts';
import { mysql56 } from '../../../infra/local/servers/mysql56.ts';
import type { Server } from '../../../infra/local/servers/server.ts';
import { toConnectError } from '../../../src/api/index.ts';
import { OwnServer } from '../../support/own-server.ts';
import { change, MysqlSinkLab, queued } from './mysql-sink-lab.ts';
import { withCnf } from './own-cnf.ts';

const MIB = 1024 * 1024;

describe.each<[string, Server, string]>([
  ['MariaDB', mariadb, '+12:45'],
  ['MySQL 5.6', mysql56, '-11:00'],
])('a sink of a %s that has small packets and lives far away', (_, server, zone) => {
  let own: OwnServer;
  let lab: MysqlSinkLab;
  beforeAll(async () => {
    own = await OwnServer.start(withCnf(server, ['max-allowed-packet=1M', `default-time-zone='${zone}'`]));
    lab = await MysqlSinkLab.at(own.address('mysql'));
  });
  afterAll(async () => {
    await lab?.[Symbol.asyncDispose]();
    await own?.[Symbol.asyncDispose]();
  });

  const times = (table: string) => lab.rows(`SELECT id, UNIX_TIMESTAMP(at) seconds, CAST(local AS CHAR) local FROM $${table} ORDER BY id`);

  it('keeps each instant and each local time, also of nights in which clocks change', async () => {
    await lab.run('CREATE TABLE nights (id INT PRIMARY KEY, at TIMESTAMP NULL, local DATETIME)');
    // 2:30 comes twice in Berlin, and not at all in spring; New York changes an hour later than its midnight.
    const instants = [
      '2024-10-27T00:30:00Z',
      '2024-10-27T01:30:00Z',
      '2024-03-31T01:30:00Z',
      '2024-11-03T05:30:00Z',
      '2024-11-03T06:30:00Z',
    ];
    const locals = ['2024-10-27 02:30:00', '2024-10-27 02:30:00', '2024-03-31 02:30:00', '2024-11-03 01:30:00', '2024-11-03 01:30:00'];
    const rows = instants.map((at, id) => ({ id, at, local: locals[id] }));
    await lab.write(rows.map((row) => change('c', 'nights', null, row)));
    expect(await times('nights')).toEqual(instants.map((at, id) => ({ id, seconds: new Date(at).getTime() / 1_000, local: locals[id] })));
  });

  it('splits what is larger than a packet by the bytes that it has in a statement, and names the row that fits in none', async () => {
    await lab.run('CREATE TABLE packets (id INT PRIMARY KEY, v LONGTEXT CHARACTER SET utf8mb4)');
    // Each character has more bytes in a statement than it has in JavaScript.
    const text = "é'\\\n😀".repeat(4_000);
    const rows = Array.from({ length: 100 }, (_, id) => ({ id, v: text }));
    await lab.write(rows.map((row) => change('c', 'packets', null, row)));
    expect(await lab.rows('SELECT COUNT(*) n, MIN(LENGTH(v)) least, MAX(LENGTH(v)) most FROM $packets')).toEqual([
      { n: 100, least: Buffer.byteLength(text), most: Buffer.byteLength(text) },
    ]);
    await expect(lab.write([queued({ id: 1_000, v: 'x'.repeat(MIB) })], { table: `${lab.database}.packets` })).rejects.toMatchObject({
      code: 'RECORD_REFUSED',
      remedy: 'raise max_allowed_packet of the server',
    });
    await lab.write([change('c', 'packets', null, { id: 101, v: 'after it' })]);
    expect(await lab.rows('SELECT v FROM $packets WHERE id > 99')).toEqual([{ v: 'after it' }]);
  });

  it('writes on with a task whose connection the server has closed between two writes', async () => {
    const sessions = async () => (await lab.rows('SELECT id FROM information_schema.processlist')).map(({ id }) => String(id));
    await using killed = await MysqlSinkLab.at(own.address('mysql'));
    await killed.run('CREATE TABLE pauses (id INT PRIMARY KEY)');
    const before = new Set(await sessions());
    const newOnes = async () => (await sessions()).filter((id) => !before.has(id));
    const task = await killed.task();
    await killed.hand(task, [change('c', 'pauses', null, { id: 1 })]);
    const opened = await newOnes();
    expect(opened).not.toEqual([]);
    for (const id of opened) await lab.admin.run(`KILL ${id}`);
    while ((await newOnes()).length > 0) await sleep(100);
    await killed.hand(task, [change('c', 'pauses', null, { id: 2 })]);
    expect(await lab.rows(`SELECT id FROM ${killed.database}.pauses ORDER BY id`)).toEqual([{ id: 1 }, { id: 2 }]);
  });

  it('gets all rows of four tasks that write the same keys at the same time', async () => {
    await lab.run('CREATE TABLE shared_keys (id INT PRIMARY KEY, v INT, w VARCHAR(20), KEY (v), KEY (w))');
    const keys = Array.from({ length: 1_000 }, (_, id) => id);
    const options = { table: `${lab.database}.shared_keys` };
    const writeAll = async (writer: number): Promise<void> => {
      const queue = `orders:broker-a:${writer}`;
      const task = await lab.task(options, queue);
      for (let round = 0; round < 5; round += 1) {
        // Each goes through the keys in another order, so that two wait for each other.
        const ids = keys.toSorted((a, b) => ((a * (7 + 2 * writer)) % 1_000) - ((b * (7 + 2 * writer)) % 1_000));
        const records = ids.map((id) => queued({ id, v: round * 4 + writer, w: `${writer} ${round}` }, { partition: queue }));
        await untilTaken(() => lab.hand(task, records, undefined, queue));
      }
    };
    await Promise.all([0, 1, 2, 3].map(writeAll));
    const rows = await lab.table('shared_keys');
    expect(rows.map(({ id }) => id)).toEqual(keys);
    expect(rows.filter(({ v, w }) => Number(v) < 16 || w !== `${Number(v) - 16} 4`)).toEqual([]);
  });
});

/** As a run does: what may be tried again is. */
async function untilTaken(write: () => Promise<unknown>): Promise<void> {
  for (;;) {
    try {
      await write();
      return;
    } catch (error) {
      if (!toConnectError(error).retriable) throw error;
    }
  }
}
