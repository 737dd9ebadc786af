import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { createTestTable, type TestTable } from '../../support/dynamodb.ts';
import { startServe } from './serve-process.ts';

// Each case starts the command, and other tests share the cores.
jest.setTimeout(900_000);

describe('the command serve', () => {
  let table: TestTable;
  beforeAll(async () => {
    table = await createTestTable();
  });
  afterAll(() => table?.drop());

  const start = (...args: readonly string[]) =>
    startServe(args, { AWS_ENDPOINT_URL_DYNAMODB: table.options.endpoint, ROCKETMQ_CONNECT_TABLE: table.options.table });

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
