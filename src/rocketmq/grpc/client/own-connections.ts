import type { Socket } from 'node:net';
import { type CallCredentials, ChannelCredentials, type ChannelOptions } from '@grpc/grpc-js';
import { requireInternals } from '../../../kit/vendor-internals.ts';
import { grpcInternals } from './grpc-internals.ts';

type SecureConnector = ReturnType<ChannelCredentials['_createSecureConnector']>;
type Target = Parameters<ChannelCredentials['_createSecureConnector']>[0];

/**
 * The connections of one client, which shares none of them with others and can end them. grpc-js itself ends a connection in peace: it waits
 * for a proxy that has fallen silent, without a limit, and a process that lives on would gather such connections.
 */
export class OwnConnections extends ChannelCredentials {
  readonly #credentials: ChannelCredentials;
  readonly #sockets = new Set<Socket>();
  #isOver = false;

  /** `credentials`: how each connection is encrypted. */
  constructor(credentials: ChannelCredentials) {
    super();
    requireInternals(grpcInternals, 'ChannelCredentials', credentials);
    this.#credentials = credentials;
  }

  /** Bytes that the network has taken so far, of connections that are open. */
  get sentBytes(): number {
    let sum = 0;
    for (const { bytesWritten } of this.#sockets) sum += bytesWritten;
    return sum;
  }

  /** Ends all connections at once, and each later one. What is not sent by then would wait for a peer that stands still. */
  end(): void {
    this.#isOver = true;
    for (const socket of this.#sockets) socket.destroy();
  }

  override _isSecure(): boolean {
    return this.#credentials._isSecure();
  }

  /** Channels with equal credentials share connections. */
  override _equals(other: ChannelCredentials): boolean {
    return this === other;
  }

  override _createSecureConnector(target: Target, options: ChannelOptions, callCredentials?: CallCredentials): SecureConnector {
    const connector = this.#credentials._createSecureConnector(target, options, callCredentials);
    requireInternals(grpcInternals, 'SecureConnector', connector);
    return {
      connect: (socket) => {
        this.#sockets.add(socket);
        socket.once('close', () => this.#sockets.delete(socket));
        if (this.#isOver) socket.destroy();
        return connector.connect(socket);
      },
      waitForReady: () => connector.waitForReady(),
      getCallCredentials: () => connector.getCallCredentials(),
      destroy: () => connector.destroy(),
    };
  }
}
