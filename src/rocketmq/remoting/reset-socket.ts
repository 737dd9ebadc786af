import type { Socket } from 'node:net';

/**
 * Ends a TCP connection at once, by RST. If its own end is just being sent, the reset follows that, less than a turn of Node's loop later:
 * Node never lets go of a socket that is reset in between, and the process can't end for it.
 */
export function resetSocket(socket: Socket): void {
  const ending = socket.writableEnded && !socket.writableFinished && socket.writableLength === 0;
  if (ending) socket.once('finish', () => socket.resetAndDestroy());
  else socket.resetAndDestroy();
}
