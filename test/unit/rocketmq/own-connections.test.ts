import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { ChannelCredentials } from '@grpc/grpc-js';
import { expect, it } from '@jest/globals';
import { OwnConnections } from '../../../src/rocketmq/grpc/client/own-connections.ts';

it('ends a connection at once whose peer has stopped reading, and counts what was sent also then', async () => {
  const peers: Socket[] = [];
  const server = createServer((peer) => peers.push(peer.pause().on('error', () => {}))).listen(0, '127.0.0.1');
  try {
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const connections = new OwnConnections(ChannelCredentials.createInsecure());
    const socket = connect(port, '127.0.0.1').on('error', () => {});
    await connections._createSecureConnector({ path: `127.0.0.1:${port}` }, {}).connect(socket);
    // More than both systems keep for a reader that does not read.
    socket.write(Buffer.alloc(64 * 1024 * 1024));
    while (socket.writableLength === 0) await sleep(5);
    const { sentBytes } = connections;
    expect(sentBytes).toBeGreaterThan(0);
    connections.end();
    expect(socket.destroyed).toBe(true);
    await once(socket, 'close');
    expect(connections.sentBytes).toBeGreaterThanOrEqual(sentBytes);
  } finally {
    for (const peer of peers) peer.destroy();
    server.close();
  }
});
