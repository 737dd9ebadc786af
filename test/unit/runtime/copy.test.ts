import { describe, expect, it } from '@jest/globals';
import { ConnectError, type PollResult, type SourceRecord, type SourceTask } from '../../../src/api/index.ts';
import type { TopicProducer } from '../../../src/rocketmq/types.ts';
import { AckTracker } from '../../../src/runtime/run/ack-tracker.ts';
import { PartitionStops } from '../../../src/runtime/run/partition-stops.ts';
import { copy } from '../../../src/runtime/source/copy.ts';
import { RecordSender } from '../../../src/runtime/source/record-sender.ts';
import { connectorSpec } from '../../support/specs.ts';

const record = (id: number): SourceRecord => ({
  partition: 'p',
  id: String(id),
  position: String(id + 1),
  key: null,
  value: Buffer.from('v'),
  headers: [],
});

const nextTurn = () => new Promise((resolve) => setImmediate(resolve));

function senderTo(producer: TopicProducer, partitions: readonly string[] = ['p']) {
  const tracker = new AckTracker();
  const stops = new PartitionStops({ connector: 'orders', partitions, skips: new Set() });
  const sender = new RecordSender({
    loadRocketmq: async () => ({
      topic: 'orders',
      connector: 'c',
      toMessage: ({ value }) => ({ body: value as Buffer, keys: [], properties: new Map() }),
      openProducer: async () => producer,
    }),
    errors: connectorSpec().errors,
    tracker,
    stops,
    sendUntil: Date.now() + 120_000,
  });
  return { sender, tracker, stops };
}

/** Runs over scripted polls and notes what happens in which order: a crash can come between any two of them. */
async function order(
  polls: readonly PollResult[],
  stored: readonly string[],
  partitions?: readonly string[],
  other?: SourceTask,
): Promise<string[]> {
  const events: string[] = [];
  const rest = [...polls];
  const scripted = { poll: async () => rest.shift(), leave: (partition: string) => events.push(`leave ${partition}`) };
  const task = other ?? (scripted as unknown as SourceTask);
  const { sender, tracker, stops } = senderTo(
    {
      queues: 1,
      problem: () => undefined,
      send: async (_, messages) => void events.push(`send ${messages.length}`),
      close: async () => {},
    },
    partitions,
  );
  events.push(
    await copy({
      task,
      tracker,
      stops,
      onNotice: (notice) => events.push(`notice ${notice}`),
      stored,
      sender,
      batch: { ...connectorSpec().batch, checkpointIntervalMs: 60_000 },
      signal: new AbortController().signal,
      sendUntil: Date.now() + 120_000,
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

  it('leaves a partition also while a poll is pending, which may wait for an acknowledgement that will not come', async () => {
    const refused = { ...record(100), refused: new ConnectError('RECORD_REFUSED', 'damaged') };
    let leave = () => {};
    const left = new Promise<void>((resolve) => {
      leave = resolve;
    });
    const rest: Array<() => Promise<PollResult>> = [
      async () => ({ records: [refused], caughtUp: false }),
      async () => {
        await left;
        return { records: [], caughtUp: true };
      },
    ];
    const task = { poll: () => rest.shift()?.(), leave: () => leave() } as unknown as SourceTask;
    expect(await order([], ['p'], ['p', 'q'], task)).toEqual(['caught-up']);
  });

  it('leaves a partition also where its last record was refused after the last poll', async () => {
    const refused = { ...record(102), refused: new ConnectError('RECORD_REFUSED', 'damaged') };
    const last = { records: [record(100), record(101), refused], caughtUp: true };
    expect(await order([last], ['p'], ['p', 'q'])).toEqual(['leave p', 'send 2', 'caught-up']);
  });

  it.each([
    { when: 'as it goes on', inFlightBytes: 1_000_000 },
    { when: 'while RocketMQ stands still', inFlightBytes: 1 },
  ])('sends nothing more once its lease is lost, which it finds out $when', async ({ inFlightBytes }) => {
    const answer = Promise.withResolvers<void>();
    const sent: number[] = [];
    const lost = new ConnectError('LEASE_LOST', 'taken over', { retriable: true });
    const { sender, tracker, stops } = senderTo({
      queues: 1,
      problem: () => undefined,
      send: async (_, messages) => {
        sent.push(messages.length);
        await answer.promise;
      },
      close: async () => answer.reject(new ConnectError('UNREACHABLE', 'closed')),
    });
    let id = 0;
    const task = {
      poll: async () => {
        await nextTurn();
        id += 1;
        tracker.skipTo('other', String(id));
        return { records: [record(id)], caughtUp: false };
      },
    } as unknown as SourceTask;
    const batch = { ...connectorSpec().batch, checkpointIntervalMs: 20, maxInFlightBytes: inFlightBytes };
    const checkpoint = async () => {
      if (id > 3 || inFlightBytes === 1) throw lost;
    };
    const copying = copy({
      task,
      tracker,
      stops,
      onNotice: () => {},
      stored: ['p'],
      sender,
      batch,
      signal: new AbortController().signal,
      sendUntil: Date.now() + 120_000,
      checkpoint,
    });
    await expect(copying).rejects.toBe(lost);
    expect(sent).toEqual([1]);
  });

  it('asks for no write of its own where the start is stored already, or with the release where there is nothing to copy', async () => {
    expect(await order([found, records, end], ['p'])).toEqual(['send 2', 'caught-up']);
    expect(await order([{ ...found, caughtUp: true }], [])).toEqual(['caught-up']);
  });

  it('goes on with the other partitions when one stops, tells the source to leave it, and ends when none is left', async () => {
    const refused = new ConnectError('RECORD_REFUSED', 'not understood');
    const gone = new ConnectError('NOT_FOUND', 'deleted', { retriable: true });
    const other = { ...record(7), partition: 'q' };
    const polls: PollResult[] = [
      { records: [record(100), { ...record(101), refused }, record(102)], caughtUp: false, notices: ['one'] },
      { records: [other, record(103)], caughtUp: false },
      { records: [other], stopped: new Map([['q', gone]]), caughtUp: false },
      { records: [record(104)], caughtUp: false },
    ];
    expect(await order(polls, ['p', 'q'], ['p', 'q'])).toEqual(['leave p', 'send 1', 'notice one', 'send 1', 'send 1', 'stopped']);
  });
});
