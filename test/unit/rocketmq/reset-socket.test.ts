import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { resetSocket } from '../../../src/rocketmq/remoting/reset-socket.ts';

describe('the reset of a connection', () => {
  /** Ends its side of a connection with the first data, as a broker does that shuts down. */
  let server: Server;
  beforeAll(async () => {
    server = createServer({ allowHalfOpen: true }, (socket) => socket.on('error', () => {}).once('data', () => socket.end()));
    await once(server.listen(0, '127.0.0.1'), 'listening');
  });
  afterAll(() => new Promise((resolve) => server.close(resolve)));

  /** Other test files of this process may have left some open. */
  const sockets = () => process.getActiveResourcesInfo().filter((kind) => kind === 'TCPSocketWrap').length;

  /** Resets a connection when the server has ended its side, once `wait` is over. Returns the errors that it told of. */
  async function reset(wait: (go: () => void) => void): Promise<unknown[]> {
    const socket: Socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    const errors: unknown[] = [];
    socket.on('error', (error) => errors.push(error)).resume();
    socket.once('end', () => wait(() => resetSocket(socket)));
    socket.write('x');
    await once(socket, 'close');
    return errors;
  }

  it.each<[string, (go: () => void) => void]>([
    ['before its own end is sent', (go) => go()],
    ['while its own end is being sent', (go) => queueMicrotask(() => queueMicrotask(go))],
    ['after its own end was sent', (go) => setImmediate(go)],
  ])('lets the socket go %s', async (_, wait) => {
    const before = sockets();
    expect(await reset(wait)).toEqual([]);
    for (let turn = 0; turn < 1_000 && sockets() > before; turn += 1) await new Promise(setImmediate);
    expect(sockets()).toBeLessThanOrEqual(before);
  });
});
