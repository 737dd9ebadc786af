import { describe, expect, it } from '@jest/globals';
import { ConnectError } from '../../../src/api/index.ts';
import { askEmptyQueues } from '../../../src/connectors/rabbitmq/plan/check.ts';
import type { RabbitmqConnection } from '../../../src/connectors/rabbitmq/protocol/connection.ts';

/** A pool of connections to a server with empty queues, and streams, which end the connection that asks for them. */
function server(streams: readonly string[] = [], maxConnections = Number.POSITIVE_INFINITY) {
  const idle: RabbitmqConnection[] = [];
  let opened = 0;
  const lend = async () => {
    const rested = idle.pop();
    if (rested !== undefined) return rested;
    opened += 1;
    if (opened > maxConnections) throw new ConnectError('UNREACHABLE', 'too many connections', { retriable: true });
    let failure: ConnectError | undefined;
    const channel = {
      get: async (queue: string) => {
        if (!streams.includes(queue)) return false;
        failure = new ConnectError('WRONG_KIND', 'closed', { cause: { code: 540 } });
        throw Object.assign(new Error('NOT_IMPLEMENTED'), { code: 540 });
      },
      close: async () => {},
    };
    return {
      openChannel: async () => channel,
      answered: (request: () => Promise<unknown>) => request(),
      get failure() {
        return failure;
      },
    } as unknown as RabbitmqConnection;
  };
  const giveBack = (connection: RabbitmqConnection) => {
    if (connection.failure === undefined) idle.push(connection);
  };
  return { ask: (queues: readonly string[]) => askEmptyQueues({ lend, giveBack }, queues), opened: () => opened, idle };
}

const names = (count: number): string[] => Array.from({ length: count }, (_, index) => `queue-${index}`);

describe('empty queues', () => {
  it('of any number are asked by a few connections, which others can use then', async () => {
    const { ask, opened, idle } = server();
    expect(await ask(names(1_500))).toEqual(new Map());
    expect(opened()).toBeLessThanOrEqual(8);
    expect(idle).toHaveLength(opened());
  });

  it('of which some are streams are told apart, though each of these costs a connection', async () => {
    const { ask, opened, idle } = server(['queue-3', 'queue-20']);
    expect([...(await ask(names(40)))].map(([name, { code }]) => `${name} ${code}`).sort()).toEqual([
      'queue-20 WRONG_KIND',
      'queue-3 WRONG_KIND',
    ]);
    expect(opened()).toBeLessThanOrEqual(10);
    expect(idle).toHaveLength(opened() - 2);
  });

  it('are all asked where the server allows fewer connections', async () => {
    const { ask, idle } = server(['queue-7'], 3);
    expect([...(await ask(names(40))).keys()]).toEqual(['queue-7']);
    expect(idle).toHaveLength(2);
  });

  it('that no connection can be had for are told by what it says', async () => {
    await expect(server([], 0).ask(names(40))).rejects.toMatchObject({ code: 'UNREACHABLE', message: 'too many connections' });
  });

  it('that are none need no connection', async () => {
    const { ask, opened } = server();
    await ask([]);
    expect(opened()).toBe(0);
  });
});
