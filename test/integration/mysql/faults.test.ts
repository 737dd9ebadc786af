import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mariadb } from '../../../infra/local/servers/mariadb.ts';
import { OpenedSockets } from '../../support/opened-sockets.ts';
import { OwnServer } from '../../support/own-server.ts';
import { keyOf, MysqlLab } from './mysql-lab.ts';

/** For a server that answers nothing any more. */
const HASTY = { connectTimeoutMs: 3_000, requestTimeoutMs: 3_000 };

describe('a server that fails', () => {
  let server: OwnServer;
  let lab: MysqlLab;
  beforeAll(async () => {
    server = await OwnServer.start(mariadb);
    lab = await MysqlLab.at(server.address('mysql'));
    await lab.run('CREATE TABLE t (id INT PRIMARY KEY AUTO_INCREMENT, v INT)');
  });
  afterAll(async () => {
    await lab?.[Symbol.asyncDispose]();
    await server?.[Symbol.asyncDispose]();
  });

  it('is read on, over new connections, after it was killed and came back', async () => {
    const start = await lab.now();
    await lab.run('INSERT INTO t (id) VALUES (1)');
    await server.signal('SIGKILL');
    await server.restart(0);
    await lab.run('INSERT INTO t (id) VALUES (2)');
    expect((await lab.read(start)).records.map(keyOf)).toEqual(['{"id":1}', '{"id":2}']);
  });

  it('is given up as retriable when it answers nothing any more', async () => {
    const start = await lab.now();
    // Opens the connection that is kept, where the machine is not too busy for that.
    await lab.read(start, HASTY).catch(() => {});
    await server.signal('SIGSTOP');
    try {
      await expect(lab.read(start, HASTY)).rejects.toMatchObject({ retriable: true });
    } finally {
      await server.signal('SIGCONT');
    }
    expect((await lab.read(start)).records).toEqual([]);
  });

  it('is given up in the middle of its log when it stands still, and no socket to it is left', async () => {
    const start = await lab.now();
    const insert = "INSERT INTO wide VALUES (REPEAT('x', 1000000));";
    await lab.run(`CREATE TABLE wide (v LONGTEXT); ${insert.repeat(40)}`);
    await lab.clients.close();
    using sockets = new OpenedSockets();
    const task = lab.task(start, { connectTimeoutMs: 15_000, requestTimeoutMs: 10_000 });
    await task.start();
    await task.poll({ maxRecords: 1, maxBytes: 1 });
    expect(sockets.left).toBeGreaterThan(0);
    await server.signal('SIGSTOP');
    try {
      await expect(lab.drain(task)).rejects.toMatchObject({ code: 'TIMEOUT', retriable: true });
      await task.stop();
      await lab.clients.close();
      expect(sockets.left).toBe(0);
    } finally {
      await server.signal('SIGCONT');
    }
  });

  it('is read by a successor, though a reader before it is frozen with all its buffers full', async () => {
    const start = await lab.now();
    const rows = Array.from({ length: 40 }, () => `(REPEAT('x', 1000000))`).join(',');
    await lab.run(`CREATE TABLE large (v LONGTEXT); INSERT INTO large VALUES ${rows}`);
    const frozen = lab.task(start);
    await frozen.start();
    expect((await lab.read(start)).records).toHaveLength(40);
    await frozen.stop();
  });

  it('says that the place to resume at is lost where its log was purged', async () => {
    const start = await lab.now();
    await lab.run('INSERT INTO t (v) VALUES (1); FLUSH BINARY LOGS; INSERT INTO t (v) VALUES (2)');
    const [status] = await lab.admin.rows<{ File: string }>('SHOW MASTER STATUS');
    // The server keeps files for a while that it would need after a crash of its own.
    for (let first = ''; first !== status?.File; await sleep(100)) {
      await lab.admin.run('PURGE BINARY LOGS TO ?', [status?.File]);
      first = (await lab.admin.rows<{ Log_name: string }>('SHOW BINARY LOGS'))[0]?.Log_name ?? '';
    }
    await expect(lab.read(start)).rejects.toMatchObject({ code: 'POSITION_LOST', retriable: false });
  });

  it('says that the place to resume at is lost where its log was begun anew', async () => {
    await lab.run('INSERT INTO t (v) VALUES (3)');
    const { position } = await lab.read(await lab.now());
    await lab.run('RESET MASTER; INSERT INTO t (v) VALUES (4)');
    await expect(lab.read(position)).rejects.toMatchObject({ code: 'POSITION_LOST', retriable: false });
  });
});

describe('a reader that is stopped', () => {
  it('is gone from the server, though it has not taken all that waits for it', async () => {
    await using server = await OwnServer.start(mariadb);
    await using lab = await MysqlLab.at(server.address('mysql'));
    const start = await lab.now();
    await lab.run(`CREATE TABLE t (v LONGTEXT); INSERT INTO t VALUES ${Array(20).fill("(REPEAT('x', 1000000))").join(',')}`);
    const task = lab.task(start);
    await task.start();
    await task.poll({ maxRecords: 1, maxBytes: 1 });
    // The server lets go of one that has read a large transaction before another one reads it again; both take it some moments.
    while ((await lab.readers()) !== 1) await sleep(20);
    await task.stop();
    while ((await lab.readers()) !== 0) await sleep(20);
  });
});
