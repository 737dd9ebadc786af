import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { MysqlConnectionConfig } from '../../../src/connectors/mysql/config/connection-config.ts';
import { Selection } from '../../../src/connectors/mysql/config/selection.ts';
import { mysqlSourceConfig } from '../../../src/connectors/mysql/config/source-config.ts';
import { BinlogStream } from '../../../src/connectors/mysql/log/binlog-stream.ts';
import { warmServer } from '../../../src/connectors/mysql/server/server.ts';
import { warmWriteConnections } from '../../../src/connectors/mysql/sink/write-connections.ts';
import { WarmClients } from '../../../src/runtime/warm-clients.ts';
import { Child } from '../../support/child-process.ts';
import { OpenedSockets } from '../../support/opened-sockets.ts';
import { StillServer } from './still-server.ts';

/** Only closing can end a connection that takes so long. */
const LONG_MS = 60_000;
const INTERRUPTED = { code: 'INTERRUPTED', retriable: true };
const NOBODY = new AbortController().signal;

const servers: StillServer[] = [];
let clients: WarmClients;
let sockets: OpenedSockets;
beforeEach(() => {
  clients = new WarmClients();
  sockets = new OpenedSockets();
});
afterEach(async () => {
  sockets[Symbol.dispose]();
  await clients.close();
  for (const server of servers.splice(0)) await server[Symbol.asyncDispose]();
});

async function still(answers: readonly number[], tls?: MysqlConnectionConfig['tls']) {
  const server = new StillServer(answers);
  servers.push(server);
  const options = {
    address: await server.listen(),
    username: 'connect',
    password: 'secret',
    tables: ['shop.*'],
    connectTimeoutMs: LONG_MS,
  };
  return { server, config: mysqlSourceConfig.parse({ ...options, requestTimeoutMs: LONG_MS, ...(tls !== undefined && { tls }) }) };
}

const phases = [
  { when: 'before the greeting', answers: [], goal: { connections: 1 } },
  { when: 'before the credentials are taken', answers: [1], goal: { requests: 1 } },
  { when: 'before the session is set up', answers: [2], goal: { requests: 2 } },
  { when: 'before encryption is agreed on', answers: [1], goal: { requests: 1 }, tls: { enabled: true, rejectUnauthorized: true } },
];

describe.each(phases)('a connection to a server that stands still $when', ({ answers, goal, tls }) => {
  it('is ended with its source, and so is what waits for it', async () => {
    const { server, config } = await still(answers, tls);
    const source = await warmServer(config, 'source', clients);
    const asked = Promise.allSettled([source.query('SELECT 1'), source.queryBytes('SELECT 1'), source.streamBytes('SELECT 1').next()]);
    await server.reached({ ...goal, connections: 2 });
    await clients.close();
    expect(sockets.left).toBe(0);
    const failure = { status: 'rejected', reason: expect.objectContaining(INTERRUPTED) };
    expect(await asked).toEqual([failure, failure, failure]);
  });

  it('is ended with its sink, and so is what waits for it', async () => {
    const { server, config } = await still(answers, tls);
    const sink = await warmWriteConnections(config, clients);
    const asked = sink.use((connection) => connection.query('SELECT 1'), NOBODY);
    asked.catch(() => {});
    await server.reached(goal);
    await clients.close();
    expect(sockets.left).toBe(0);
    await expect(asked).rejects.toMatchObject(INTERRUPTED);
  });

  it("is ended with its sink's run", async () => {
    const { server, config } = await still(answers, tls);
    const sink = await warmWriteConnections(config, clients);
    const run = new AbortController();
    const asked = sink.use((connection) => connection.query('SELECT 1'), run.signal);
    asked.catch(() => {});
    await server.reached(goal);
    run.abort();
    expect(sockets.left).toBe(0);
    await expect(asked).rejects.toMatchObject(INTERRUPTED);
  });

  it('is ended with its reader of the log', async () => {
    const { server, config } = await still([...answers, ...answers], tls);
    const stream = new BinlogStream({
      config,
      serverId: 1,
      start: { file: 'log.000001', offset: 4 },
      end: { file: 'log.000002', offset: 4 },
      selection: new Selection(config),
      tables: {} as never,
      isBehind: async () => false,
      onItem: () => {},
    });
    stream.open();
    await server.reached({ ...goal, connections: 2 });
    await stream.close();
    expect(sockets.left).toBe(0);
  });
});

it('a second connection, which asks why the first one gets no answer, is ended with its source', async () => {
  const { server, config } = await still([3]);
  const source = await warmServer({ ...config, requestTimeoutMs: 100 }, 'source', clients);
  const asked = source.query('SELECT 1');
  asked.catch(() => {});
  await server.reached({ connections: 2 });
  await clients.close();
  expect(sockets.left).toBe(0);
  await expect(asked).rejects.toMatchObject({ code: 'TIMEOUT' });
});

it('a second connection, which stops the query of the first one, is ended with its source', async () => {
  const { server, config } = await still([4]);
  // None: the client's timer of a query under way goes on when the connection is ended, and with it the process of this test.
  const source = await warmServer({ ...config, requestTimeoutMs: 0 }, 'source', clients);
  const asked = source.eachRow('SELECT a FROM t', () => false);
  asked.catch(() => {});
  await server.reached({ connections: 2 });
  await clients.close();
  expect(sockets.left).toBe(0);
  await expect(asked).rejects.toMatchObject(INTERRUPTED);
});

it('a process whose source and sink are closed while they set up their sessions ends by itself', async () => {
  const { server, config } = await still([2, 2]);
  // A timer that is left would outlive this test.
  const options = { ...config, connectTimeoutMs: 60 * LONG_MS };
  await using child = new Child(path.join(import.meta.dirname, 'closing-process.ts'), [JSON.stringify(options)]);
  await server.reached({ requests: 4 });
  child.kill('SIGUSR2');
  expect(await child.exited).toEqual({ code: 0, signal: null });
});

it('nothing is opened any more for a source or a sink that is closed', async () => {
  const { server, config } = await still([]);
  const [source, sink] = [await warmServer(config, 'source', clients), await warmWriteConnections(config, clients)];
  await clients.close();
  await expect(source.query('SELECT 1')).rejects.toMatchObject(INTERRUPTED);
  await expect(sink.use((connection) => connection.query('SELECT 1'), NOBODY)).rejects.toMatchObject(INTERRUPTED);
  await sleep(0);
  expect({ connections: server.connections, sockets: sockets.left }).toEqual({ connections: 0, sockets: 0 });
});
