import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { patience, withPatience } from '../../../src/kit/index.ts';
import { openSocket } from '../../../src/rocketmq/remoting/socket.ts';

/** What modules that compile on a slow processor do. */
const beBusy = (ms: number) => void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);

describe('a time limit', () => {
  const server = createServer((socket) => void socket.on('error', () => {}).resume());
  beforeAll(async () => {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterAll(() => void server.close());

  it('ends a wait in which nothing is heard', async () => {
    const begun = performance.now();
    await expect(withPatience(100, (signal) => once(signal, 'abort').then(() => Promise.reject(new Error('too late'))))).rejects.toThrow(
      'too late',
    );
    expect(performance.now() - begun).toBeGreaterThanOrEqual(95);
  });

  it('does not count the time in which this process could hear no one', async () => {
    let late = false;
    const end = patience(1_000, () => {
      late = true;
    });
    beBusy(1_500);
    await sleep(20);
    expect(late).toBe(false);
    end();
  });

  it('does not end a connection that was there while this process was busy', async () => {
    const opening = openSocket(`127.0.0.1:${(server.address() as AddressInfo).port}`, undefined, 500);
    beBusy(1_000);
    const { reset } = await opening;
    reset();
  });
});
