import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ServerInstance } from '../../../infra/local/server-instance.ts';
import { amqpAnswers } from '../../../infra/local/servers/amqp-answers.ts';
import type { Server } from '../../../infra/local/servers/server.ts';

const server = (more: Partial<Server>): Server => ({ name: 'one', ports: {}, processes: () => [], ...more }) as Partial<Server> as Server;

describe('a server that is a part of another', () => {
  it('finds the ports of that one, and has its own', () => {
    const part = server({ ports: { door: 20 }, partOf: server({ ports: { gate: 10 } }) });
    const { site, ports } = new ServerInstance(part, { dataDir: 'data', portOffset: 1_000, programs: 'programs' });
    expect([site.port('gate'), site.port('door')]).toEqual([1_010, 1_020]);
    expect(ports).toEqual([1_020]);
  });
});

describe('a server that starts', () => {
  let dataDir: string;
  beforeEach(async () => {
    dataDir = await mkdtemp(path.join(tmpdir(), 'stack-'));
  });
  afterEach(() => rm(dataDir, { recursive: true, force: true }));

  /** Runs `script`, and never answers the question whether it is ready. */
  function mute(script: string): ServerInstance {
    const silent = server({
      name: 'mute',
      prepare: async () => {},
      processes: ({ dir }) => [
        { name: 'mute', command: process.execPath, args: ['-e', script, `${dir}/mark`], ready: () => new Promise(() => {}) },
      ],
    });
    return new ServerInstance(silent, { dataDir, portOffset: 0, programs: dataDir });
  }

  it('is reported when it ends while it is asked whether it is ready, and does not answer', async () => {
    const instance = mute('console.log("out of luck"); setTimeout(() => process.exit(3), 100)');
    await expect(instance.start(undefined)).rejects.toMatchObject({
      name: 'StackError',
      message: expect.stringMatching(/^mute ended during its start \(exit code 3\), its last words: out of luck/),
    });
  });

  it('is given up at once by an interrupt while it does not answer', async () => {
    const instance = mute('setInterval(() => {}, 1000)');
    const interrupt = new AbortController();
    const started = instance.start(interrupt.signal);
    setTimeout(() => interrupt.abort(), 200);
    await expect(started).rejects.toMatchObject({ name: 'AbortError' });
    expect(await instance.stop(0)).toBe(true);
  });

  it('is not ready where it closes a connection without a word', async () => {
    const curt = createServer((socket) => socket.end()).listen(0, '127.0.0.1');
    await new Promise((resolve) => curt.once('listening', resolve));
    await expect(amqpAnswers((curt.address() as AddressInfo).port)).rejects.toThrow('closed without an answer');
    curt.close();
  });
});
