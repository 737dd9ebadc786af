import { describe, expect, it } from '@jest/globals';
import type { PollResult, SourceRecord, SourceTask } from '../../../src/api/index.ts';
import { AckTracker } from '../../../src/runtime/ack-tracker.ts';
import { RecordSender } from '../../../src/runtime/record-sender.ts';
import { copy } from '../../../src/runtime/source-worker.ts';
import { connectorSpec } from '../../support/specs.ts';

const record = (id: number): SourceRecord => ({
  partition: 'p',
  id: String(id),
  position: String(id + 1),
  key: null,
  value: Buffer.from('v'),
  headers: [],
});

/** Runs over scripted polls and notes what happens in which order: a crash can come between any two of them. */
async function order(polls: readonly PollResult[], stored: readonly string[]): Promise<string[]> {
  const events: string[] = [];
  const tracker = new AckTracker();
  const rest = [...polls];
  const task = { poll: async () => rest.shift() } as unknown as SourceTask;
  const sender = new RecordSender({
    connector: 'orders',
    topic: 'orders',
    errors: connectorSpec().errors,
    tracker,
    recordToMessage: (_, { value }) => ({ body: value as Buffer, keys: [], properties: new Map() }),
    openProducer: async () => ({
      queues: 1,
      problem: () => undefined,
      send: async (_, messages) => void events.push(`send ${messages.length}`),
      close: async () => {},
    }),
    openDeadLetters: () => Promise.reject(new Error('no dead letter is due')),
    sendUntil: Date.now() + 10_000,
  });
  events.push(
    await copy({
      task,
      tracker,
      stored,
      openSender: async () => sender,
      batch: { ...connectorSpec().batch, checkpointIntervalMs: 60_000 },
      signal: new AbortController().signal,
      sendUntil: Date.now() + 10_000,
      checkpoint: async (positions) => void events.push(`store ${[...positions]}`),
    }),
  );
  return events;
}

describe('copying', () => {
  const found = { records: [], positions: new Map([['p', '100']]), caughtUp: false };
  const records = { records: [record(100), record(101)], caughtUp: false };
  const end = { records: [], caughtUp: true };

  it('stores a start that was found by looking before it sends: a crash must not have the latest looked up again', async () => {
    expect(await order([found, records, end], [])).toEqual(['store p,100', 'send 2', 'caught-up']);
  });

  it('asks for no write of its own where the start is stored already, or with the release where there is nothing to copy', async () => {
    expect(await order([found, records, end], ['p'])).toEqual(['send 2', 'caught-up']);
    expect(await order([{ ...found, caughtUp: true }], [])).toEqual(['caught-up']);
  });
});
