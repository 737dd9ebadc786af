import { describe, expect, it } from '@jest/globals';
import { hostPort } from '../../../src/kit/index.ts';

describe('an address in the network', () => {
  it.each([
    ['broker:9092', 'broker', 9092],
    ['127.0.0.1:0', '127.0.0.1', 0],
    ['[::1]:9092', '::1', 9092],
    ['broker', 'broker', undefined],
    ['[::1]', '::1', undefined],
  ])('%s is a host, and a port where it names one', (text, host, port) => expect(hostPort(text)).toEqual({ host, port }));

  it.each(['', ':9092', 'broker:', 'broker:port', 'broker:123456', '::1', 'a:1:2'])('%j is none', (text) =>
    expect(hostPort(text)).toBeUndefined(),
  );
});
