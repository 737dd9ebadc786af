import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import type { RabbitmqConnection } from '../../../src/connectors/rabbitmq/protocol/connection.ts';
import { RAW } from '../../../src/connectors/rabbitmq/protocol/intake.ts';
import { type Patience, readableAfter } from '../../../src/connectors/rabbitmq/streams/unreadable-range.ts';

/** A server that is late answers within the second time, and not within the first. */
const PATIENCE = { tryMs: 30, believeMs: 150 };
const LATE = { patience: { tryMs: 30, believeMs: 3_000 }, afterMs: 60 };

/** What a server does when it is asked for an offset: the first message's offset, `broken`, or nothing. `afterMs`: how late. */
interface Answer {
  readonly gives: number | 'broken' | 'nothing';
  readonly afterMs?: number;
}

/** Connections to a server that answers by this script; `tries` counts from 0. */
function server(script: (offset: number, tries: number) => Answer) {
  const asked: number[] = [];
  let open = 0;
  const lend = async () => {
    open += 1;
    const state: { failure?: Error; timer?: NodeJS.Timeout } = {};
    const channel = {
      prefetch: async () => {},
      close: async () => clearTimeout(state.timer),
      consume: async (_queue: string, receive: (message: object) => void, { arguments: args }: { arguments: Record<string, number> }) => {
        const offset = Number(args['x-stream-offset']);
        const { gives, afterMs = 0 } = script(offset, asked.length);
        asked.push(offset);
        if (gives === 'nothing') return;
        state.timer = setTimeout(() => {
          if (gives === 'broken') state.failure = new Error('INTERNAL_ERROR');
          else receive(message(gives));
        }, afterMs);
      },
    };
    return {
      openChannel: async () => channel,
      answered: (request: () => Promise<unknown>) => request(),
      get failure() {
        return state.failure;
      },
      get brokeDown() {
        return state.failure !== undefined;
      },
    } as unknown as RabbitmqConnection;
  };
  const giveBack = () => {
    open -= 1;
  };
  const search = (from: number, end: number, { patience = PATIENCE, ...more }: { patience?: Patience; isGivenUp?: () => boolean } = {}) =>
    readableAfter({ lend, giveBack, stream: 'events', from, end, ...more }, patience);
  return { search, asked, open: () => open };
}

/** A message with nothing but its offset, as the client gives it. */
function message(offset: number): object {
  const name = Buffer.from('x-stream-offset');
  const value = Buffer.alloc(9);
  value.write('l');
  value.writeBigInt64BE(BigInt(offset), 1);
  const entry = Buffer.concat([Buffer.from([name.length]), name, value]);
  const table = Buffer.alloc(4);
  table.writeUInt32BE(entry.length);
  const rawProperties = Buffer.concat([Buffer.from([0x20, 0x00]), table, entry]);
  return { fields: { exchange: '', routingKey: 'events' }, properties: { [RAW]: rawProperties }, content: Buffer.alloc(0) };
}

/** A batch from 10 to 19; messages from 20 to 29. */
const batchThenMessages = (offset: number): Answer => (offset <= 10 ? { gives: 'broken' } : { gives: Math.max(20, offset) });

describe('behind a batch that breaks the server down', () => {
  it('a stream is read on at the next message', async () => {
    const { search, open } = server(batchThenMessages);
    expect(await search(10, 30)).toBe(20);
    expect(open()).toBe(0);
  });

  it('nothing is given up where the next message is only late', async () => {
    const { search } = server((offset) => ({ ...batchThenMessages(offset), afterMs: offset <= 10 ? 0 : LATE.afterMs }));
    expect(await search(10, 30, LATE)).toBe(20);
  });

  it('nothing is given up where another batch breaks the server down late', async () => {
    const { search } = server((offset) => {
      if (offset <= 10) return { gives: 'broken' };
      if (offset <= 20) return { gives: 'broken', afterMs: LATE.afterMs };
      return { gives: Math.max(25, offset) };
    });
    expect(await search(10, 30, LATE)).toBe(25);
  });

  it('the end follows where all is silent and the server still breaks down at once', async () => {
    const { search, asked } = server((offset) => ({ gives: offset <= 10 ? 'broken' : 'nothing' }));
    expect(await search(10, 20)).toBe(20);
    expect(asked).toEqual([11, 11, 10]);
  });

  it('silence of a server that has fallen silent altogether is no answer', async () => {
    const { search, open } = server(() => ({ gives: 'nothing' }));
    await expect(search(10, 30)).rejects.toMatchObject({ code: 'TIMEOUT', retriable: true });
    expect(open()).toBe(0);
  });

  it('the search ends as soon as nobody waits for it', async () => {
    const { search, open } = server(() => ({ gives: 'nothing' }));
    let isGivenUp = false;
    const searching = search(10, 30, { isGivenUp: () => isGivenUp });
    await sleep(10);
    isGivenUp = true;
    await expect(searching).rejects.toMatchObject({ code: 'TIMEOUT' });
    expect(open()).toBe(0);
  });
});
