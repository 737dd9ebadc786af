import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Child } from '../../support/child-process.ts';
import { FakeGrpcProxy, stored } from './fake-grpc-proxy.ts';
import type { GrpcSendOrder } from './send-over-grpc.ts';

const SCRIPT = `${import.meta.dirname}/send-over-grpc.ts`;
/** Longer than a proxy or a lease waits for a sign of life on a fast machine. */
const FROZEN_MS = 20_000;

describe('a process with a producer over gRPC', () => {
  let proxy: FakeGrpcProxy;
  beforeEach(async () => {
    proxy = await FakeGrpcProxy.start();
  });
  afterEach(() => proxy[Symbol.asyncDispose]());

  const start = (order: Partial<GrpcSendOrder> = {}): Child =>
    new Child(SCRIPT, [JSON.stringify({ endpoints: proxy.address, count: 100, requestTimeoutMs: 20_000, sendMs: 300_000, ...order })]);
  const numbers = (count: number): string[] => Array.from({ length: count }, (_, number) => String(number));
  /** How it ended by itself: a socket, a stream or a timer that is left would keep it alive. */
  async function endOf(child: Child) {
    const { code } = await child.exited;
    return { code, errors: child.stderr, lines: child.lines };
  }

  it('ends by itself once the producer is closed', async () => {
    await using child = start();
    expect(await endOf(child)).toEqual({ code: 0, errors: '', lines: ['sent'] });
    expect(proxy.sends.flat()).toEqual(numbers(100));
  });

  it('ends by itself after a start that the proxy never answered', async () => {
    proxy.answersTelemetry = false;
    await using child = start({ requestTimeoutMs: 1_000 });
    expect(await endOf(child)).toEqual({ code: 0, errors: '', lines: ['TIMEOUT'] });
  });

  it('ends by itself after a start that was given up while it asked for the route', async () => {
    // The client asks three times. The last time comes long after the start was given up.
    proxy.answersRoute = (index) => index === 0 || index > 2;
    await using child = start({ requestTimeoutMs: 1_000 });
    expect(await endOf(child)).toEqual({ code: 0, errors: '', lines: ['TIMEOUT'] });
  });

  it('ends by itself after its proxy was killed, and says that it can not be reached', async () => {
    const sending = Promise.withResolvers<void>();
    proxy.onSend = (index) => {
      if (index === 10) sending.resolve();
      return stored;
    };
    await using child = start({ count: 1_000_000, sendMs: 5_000 });
    await sending.promise;
    await proxy[Symbol.asyncDispose]();
    expect(await endOf(child)).toEqual({ code: 0, errors: '', lines: ['UNREACHABLE'] });
  });

  it('ends by itself after its proxy fell silent, long before its time is over, and says that no answer came', async () => {
    proxy.onSend = (index) => {
      if (index < 10) return stored;
      proxy.answersRoute = () => false;
      return 'silence';
    };
    await using child = start({ requestTimeoutMs: 1_000, sendMs: 3_600_000 });
    expect(await endOf(child)).toEqual({ code: 0, errors: '', lines: ['TIMEOUT'] });
  });

  it('goes on where it was frozen in the middle of a send, and loses nothing', async () => {
    const asked = Promise.withResolvers<void>();
    const answer = Promise.withResolvers<void>();
    proxy.onSend = async (index) => {
      if (index === 50) {
        asked.resolve();
        await answer.promise;
      }
      return stored;
    };
    await using child = start();
    await asked.promise;
    child.kill('SIGSTOP');
    await child.stopped();
    answer.resolve();
    await sleep(FROZEN_MS);
    child.kill('SIGCONT');
    expect(await endOf(child)).toEqual({ code: 0, errors: '', lines: ['sent'] });
    expect(proxy.sends.flat()).toEqual(numbers(100));
  });
});
