import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { createTestTable, type TestTable } from '../../support/dynamodb.ts';

// Each case starts the command, and other tests share the cores.
jest.setTimeout(300_000);

const COMMAND = process.env.TEST_COMMAND ?? path.resolve(import.meta.dirname, '../../../bin/rocketmq-connect.js');

describe('the command serve', () => {
  let table: TestTable;
  beforeAll(async () => {
    table = await createTestTable();
  });
  afterAll(() => table?.drop());

  function start(...args: readonly string[]) {
    const { endpoint, table: name } = table.options;
    const env = { PATH: process.env.PATH, AWS_ENDPOINT_URL_DYNAMODB: endpoint, ROCKETMQ_CONNECT_TABLE: name };
    const child = spawn(process.execPath, [COMMAND, 'serve', ...args], { env, stdio: ['ignore', 'ignore', 'pipe'] });
    const lines: string[] = [];
    const reader = createInterface(child.stderr).on('line', (line) => lines.push(line));
    const ended = Promise.all([once(child, 'exit'), once(reader, 'close')]).then(([[code]]) => ({ code, lines }));
    const address = new Promise<string>((resolve, reject) => {
      reader.on('line', (line) => {
        const [url] = /http:\S+/.exec(line) ?? [];
        if (url !== undefined) resolve(url);
      });
      ended.then(() => reject(new Error(lines.join('\n'))), reject);
    });
    // Not every case asks for it.
    address.catch(() => undefined);
    return { child, ended, address };
  }

  it.each<NodeJS.Signals>(['SIGINT', 'SIGTERM'])('serves the table, and ends well by %s though a connection is open', async (signal) => {
    const { child, ended, address } = start('--port', '0');
    const url = await address;
    expect(await (await fetch(`${url}/connectors`)).json()).toEqual([]);
    const root = await (await fetch(url)).json();
    expect(root).toMatchObject({ version: expect.stringMatching(/^4\.1\.1-/), kafka_cluster_id: table.options.table });
    const foreign = await fetch(`${url}/connectors/x/stop`, { method: 'PUT', headers: { origin: 'http://evil.example' } });
    expect(foreign.status).toBe(403);
    child.kill(signal);
    expect(await ended).toMatchObject({ code: 0 });
  });

  it('says so where its port is in use', async () => {
    const { child, ended, address } = start('--port', '0');
    const { port } = new URL(await address);
    const second = await start('--port', port).ended;
    expect(second).toEqual({
      code: 2,
      lines: [
        `CONFIG_INVALID: --port: 127.0.0.1:${port} is in use; end the program that listens there, or choose another port with --port`,
      ],
    });
    child.kill('SIGINT');
    expect((await ended).code).toBe(0);
  });

  it('refuses a port that is none', async () => {
    const { code, lines } = await start('--port', '70000').ended;
    expect({ code, said: lines[0] }).toEqual({ code: 2, said: expect.stringContaining('It must be a port: 0 to 65535') });
  });
});
