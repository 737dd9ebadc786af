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
  /** Bytes of connections that are closed. */
  #closedBytes = 0;
  #isOver = false;

  /** `credentials`: how each connection is encrypted. */
  constructor(credentials: ChannelCredentials) {
    super();
    requireInternals(grpcInternals, 'ChannelCredentials', credentials);
    this.#credentials = credentials;
  }

  /** Bytes that were handed to the system so far. HTTP/2 hands over no more than a window (64 KiB to 1 MiB) that the peer has not read. */
  get sentBytes(): number {
    let sum = this.#closedBytes;
    for (const { bytesWritten } of this.#sockets) sum += bytesWritten;
    return sum;
  }

  /**
   * Ends all connections at once, and each later one when it is there. What is not sent by then would wait for a peer that stands still.
   */
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
        socket.once('close', () => {
          this.#sockets.delete(socket);
          this.#closedBytes += socket.bytesWritten;
        });
        if (this.#isOver) socket.destroy();
        return connector.connect(socket);
      },
      waitForReady: () => connector.waitForReady(),
      getCallCredentials: () => connector.getCallCredentials(),
      destroy: () => connector.destroy(),
    };
  }
}
