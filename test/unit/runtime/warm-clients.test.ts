import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { WarmClients } from '../../../src/runtime/warm-clients.ts';

class Client {
  closed = 0;
  close() {
    this.closed += 1;
  }
}
const create = async () => new Client();
const close = (client: Client) => client.close();

describe('WarmClients', () => {
  it('gives the same client for the same key, also to two who ask at once', async () => {
    const clients = new WarmClients();
    const [first, second] = await Promise.all([clients.get('a', create, close), clients.get('a', create, close)]);
    expect(second).toBe(first);
    expect(await clients.get('a', create, close)).toBe(first);
    expect(await clients.get('b', create, close)).not.toBe(first);
  });

  it('keeps nothing of an attempt that failed', async () => {
    const clients = new WarmClients();
    const failure = new Error('no connection');
    await expect(clients.get('a', () => Promise.reject(failure), close)).rejects.toBe(failure);
    await setImmediate();
    expect(await clients.get('a', create, close)).toBeInstanceOf(Client);
  });

  it('closes all, even when one can not be closed', async () => {
    const clients = new WarmClients();
    const good = await clients.get('good', create, close);
    await clients.get('bad', create, () => Promise.reject(new Error('broken')));
    await clients.close();
    expect(good.closed).toBe(1);
    await clients.close();
    expect(good.closed).toBe(1);
  });

  it('give up the one that was asked for longest ago, beyond what they may keep', async () => {
    const bounded = new WarmClients(2);
    const closed: string[] = [];
    const open = (key: string) =>
      bounded.get(
        key,
        async () => key,
        (client) => void closed.push(client),
      );
    for (const key of ['a', 'b', 'a', 'c', 'd', 'a']) await open(key);
    await bounded.close();
    expect(closed).toEqual(['b', 'a', 'c', 'd', 'a']);
  });
});
