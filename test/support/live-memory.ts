import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');

/** Bytes of buffers that something still refers to. */
export function liveBufferBytes(): number {
  // Buffers that a collection finds are given back by the next one.
  collectGarbage();
  collectGarbage();
  return process.memoryUsage().external;
}
