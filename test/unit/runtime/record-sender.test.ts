import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ConnectError, type SourceRecord } from '../../../src/api/index.ts';
import { type MessageList, type OutgoingMessage, RefusedError, type TopicProducer } from '../../../src/rocketmq/types.ts';
import { AckTracker } from '../../../src/runtime/run/ack-tracker.ts';
import { PartitionStops } from '../../../src/runtime/run/partition-stops.ts';
import { RecordSender } from '../../../src/runtime/source/record-sender.ts';
import { connectorSpec } from '../../support/specs.ts';

/** A broker whose refusals are scripted by body: a real one can't be made to fail the third message of a send on demand. */
class ScriptedProducer implements TopicProducer {
  readonly sent: string[][] = [[], []];
  readonly queues = 2;
  script: (body: string) => Error | undefined = () => undefined;

  problem(message: OutgoingMessage): string | undefined {
    return message.body.toString().startsWith('too large') ? 'body is too large' : undefined;
  }

  async send(queue: number, messages: MessageList): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 3));
    for (let index = 0; index < messages.length; index += 1) {
      const message = messages.at(index) as OutgoingMessage;
      const { body } = message;
      const problem = this.problem(message);
      if (problem !== undefined) throw new RefusedError(index, problem);
      const error = this.script(body.toString());
      if (error !== undefined) throw error instanceof RefusedError ? new RefusedError(index, error.message) : error;
      this.sent[queue]?.push(body.toString());
    }
  }

  async close(): Promise<void> {}
}

function record(id: number, value = `v${id}`, queue = 0): SourceRecord {
  const base = { key: null, headers: [], partition: `p-${queue}`, orderingKey: queue };
  return { ...base, id: String(id), position: String(id + 1), value: Buffer.from(value) };
}

function setUp(tolerance: 'fail' | 'dead-letter' = 'fail', skips: readonly string[] = []) {
  const producer = new ScriptedProducer();
  const other = new ScriptedProducer();
  const opened: string[] = [];
  const deadLetters = new ScriptedProducer();
  const tracker = new AckTracker();
  const stops = new PartitionStops({ connector: 'orders', partitions: ['p-0', 'p-1', 'p-2'], skips: new Set(skips) });
  const sender = new RecordSender({
    errors: { ...connectorSpec().errors, tolerance, deadLetterTopic: 'dead' },
    tracker,
    stops,
    loadRocketmq: async () => ({
      topic: 'orders',
      connector: 'c',
      delivery: { deliverAtHeader: 'at' },
      toMessage: ({ partition, id, value }) => ({
        body: value ?? Buffer.from([0]),
        keys: [`orders/${partition}/${id}`],
        properties: new Map(),
      }),
      openProducer: async (topic) => {
        if (topic === 'missing') throw new ConnectError('NOT_FOUND', 'rocketmq.topic: topic missing does not exist');
        if (topic === 'dead') return deadLetters;
        opened.push(topic);
        return topic === 'orders' ? producer : other;
      },
    }),
    sendUntil: Date.now() + 120_000,
  });
  return { producer, other, opened, deadLetters, tracker, stops, sender };
}

const nextTurn = () => new Promise((resolve) => setImmediate(resolve));

describe('sending records', () => {
  it('keeps the order of each queue over several polls and counts what was acknowledged', async () => {
    const { producer, sender, tracker } = setUp();
    for (let poll = 0; poll < 5; poll += 1) {
      await sender.dispatch([0, 1].flatMap((queue) => [2 * poll, 2 * poll + 1].map((id) => record(id, `v${id}`, queue))));
    }
    await sender.settled();
    const inOrder = Array.from({ length: 10 }, (_, id) => `v${id}`);
    expect(producer.sent).toEqual([inOrder, inOrder]);
    expect(Object.fromEntries(tracker.positions)).toEqual({ 'p-0': '10', 'p-1': '10' });
    expect(sender.progress).toMatchObject({ records: 20, bytes: 40, inFlight: { bytes: 0 }, failure: undefined });
  });

  it('sends together what came in while the unit before was on its way, as far as one unit may hold it', async () => {
    const { producer, sender, tracker } = setUp();
    const sizes: number[] = [];
    const send = producer.send.bind(producer);
    producer.send = async (queue, messages) => {
      sizes.push(messages.length);
      await send(queue, messages);
    };
    await sender.dispatch([record(0)]);
    await nextTurn();
    for (let id = 1; id <= 16_390; id += 1) await sender.dispatch([record(id)]);
    await sender.settled();
    expect(sizes).toEqual([1, 16_384, 6]);
    expect(producer.sent[0]).toEqual(Array.from({ length: 16_391 }, (_, id) => `v${id}`));
    expect(tracker.positions.get('p-0')).toBe('16391');
  });

  it('sends nothing twice that RocketMQ has from behind a refused record', async () => {
    const { producer, deadLetters, sender, tracker } = setUp('dead-letter');
    const sent: string[][] = [];
    const refusals = [new RefusedError(1, 'refused', undefined, new Set([2, 4])), new RefusedError(0, 'refused')];
    producer.send = async (_, messages) => {
      sent.push(Array.from({ length: messages.length }, (_, index) => String(messages.at(index)?.body)));
      const refusal = refusals.shift();
      if (refusal !== undefined) throw refusal;
    };
    await sender.dispatch([0, 1, 2, 3, 4, 5].map((id) => record(id)));
    await sender.settled();
    expect(sent).toEqual([['v0', 'v1', 'v2', 'v3', 'v4', 'v5'], ['v3', 'v5'], ['v5']]);
    expect(deadLetters.sent.flat()).toEqual(['v1', 'v3']);
    expect(sender.copied).toEqual({ records: 6, bytes: 12, deadLetters: 2 });
    expect(tracker.positions.get('p-0')).toBe('6');
  });

  it('makes dead letters of records that do not say when they are to be delivered, in their turn', async () => {
    const { producer, deadLetters, sender, tracker } = setUp('dead-letter');
    Object.assign(producer, { topicType: 'DELAY' });
    const timed = (id: number, at: string) => ({ ...record(id), headers: [{ name: 'at', value: Buffer.from(at) }] });
    await sender.dispatch([timed(0, '1'), timed(1, 'soon'), timed(2, 'later'), timed(3, '2'), record(4)]);
    await sender.settled();
    expect(producer.sent[0]).toEqual(['v0', 'v3', 'v4']);
    expect(deadLetters.sent.flat()).toEqual(['v1', 'v2']);
    expect(tracker.positions.get('p-0')).toBe('5');
  });

  it('stops a partition before a record that does not say when it is to be delivered', async () => {
    const { producer, sender, tracker, stops } = setUp();
    Object.assign(producer, { topicType: 'DELAY' });
    await sender.dispatch([record(0), { ...record(1), headers: [{ name: 'at', value: null }] }, record(2)]);
    await sender.settled();
    expect(producer.sent[0]).toEqual(['v0']);
    expect(tracker.positions.get('p-0')).toBe('1');
    expect(stops.has('p-0')).toBe(true);
  });

  it('stops at the first failure: later units are not sent, nothing behind the gap is acknowledged', async () => {
    const { producer, sender, tracker } = setUp();
    producer.script = (body) => (body === 'v2' ? new ConnectError('UNREACHABLE', 'gone', { retriable: true }) : undefined);
    await sender.dispatch([record(0), record(1)]);
    await nextTurn();
    await sender.dispatch([record(2), record(3)]);
    await sender.settled();
    await sender.dispatch([record(4)]);
    await sender.settled();
    expect(producer.sent[0]).toEqual(['v0', 'v1']);
    expect(tracker.positions.get('p-0')).toBe('2');
    expect(sender.progress.failure).toMatchObject({ code: 'UNREACHABLE', retriable: true });
  });

  it.each([['too large for RocketMQ'], ['refused by the broker']])(
    'stops a partition by default before the record that is %s, names it, and goes on with the others',
    async (value) => {
      const { producer, sender, tracker, stops } = setUp();
      producer.script = (body) => (body.startsWith('refused') ? new RefusedError(0, 'illegal message') : undefined);
      const beside = { ...record(5), partition: 'p-1' };
      await sender.dispatch([record(0), record(1, value), beside, record(2)]);
      await nextTurn();
      await sender.dispatch([record(3), { ...record(6), partition: 'p-1' }]);
      await sender.settled();
      expect(producer.sent[0]).toEqual(['v0', 'v5', 'v6']);
      expect(Object.fromEntries(tracker.positions)).toEqual({ 'p-0': '1', 'p-1': '7' });
      expect(sender.progress).toMatchObject({ records: 3, bytes: 6, failure: undefined });
      expect(stops.stopped).toMatchObject([{ partition: 'p-0', place: 'p-0@1', code: 'RECORD_REFUSED', retriable: false }]);
      expect(stops.worst?.line).toMatch(/record p-0@1: .*errors\.tolerance to dead-letter.*skip orders --at 'p-0@1'/);
    },
  );

  it('goes on behind a record that a user lets it pass over', async () => {
    const { producer, sender, tracker, stops } = setUp('fail', ['p-0@1', 'p-0@3']);
    const refused = new ConnectError('WRONG_KIND', 'statement UPDATE');
    await sender.dispatch([record(0), record(1, 'too large'), record(2), { ...record(3), refused }, record(4)]);
    await sender.settled();
    expect(producer.sent[0]).toEqual(['v0', 'v2', 'v4']);
    expect(tracker.positions.get('p-0')).toBe('5');
    expect(stops).toMatchObject({ count: 0, passedOver: new Set(['p-0@1', 'p-0@3']) });
    expect(stops.skipped.map(({ place }) => place).sort()).toEqual(['p-0@1', 'p-0@3']);
  });

  it.each([
    ['RECORD_REFUSED', ['v0', 'v2'], ['raw bytes'], '3'],
    ['WRONG_KIND', ['v0'], [], '1'],
  ] as const)(
    'of what a source refuses with %s, makes a dead letter only where that can hold it',
    async (code, sent, letters, position) => {
      const { producer, deadLetters, sender, tracker } = setUp('dead-letter');
      await sender.dispatch([record(0), { ...record(1, 'raw bytes'), refused: new ConnectError(code, 'damaged') }, record(2)]);
      await sender.settled();
      expect(producer.sent[0]).toEqual(sent);
      expect(deadLetters.sent.flat()).toEqual(letters);
      expect(tracker.positions.get('p-0')).toBe(position);
    },
  );

  it('sends refused records to the dead-letter topic with the reason and goes on in order behind them', async () => {
    const { producer, deadLetters, sender, tracker } = setUp('dead-letter');
    producer.script = (body) => (body.startsWith('refused') ? new RefusedError(0, 'illegal message') : undefined);
    await sender.dispatch([record(0), record(1, 'refused'), record(2), record(3, 'too large'), record(4), record(5, 'refused')]);
    await sender.settled();
    expect(producer.sent[0]).toEqual(['v0', 'v2', 'v4']);
    expect(deadLetters.sent.flat().sort()).toEqual(['\0', 'refused', 'refused']);
    expect(tracker.positions.get('p-0')).toBe('6');
    expect(sender).toMatchObject({ copied: { deadLetters: 3 }, progress: { failure: undefined } });
  });

  it('sends less of a dead letter where RocketMQ refuses the whole', async () => {
    const { producer, deadLetters, sender, tracker } = setUp('dead-letter');
    const refuse = (body: string) => (body.startsWith('refused') ? new RefusedError(0, 'over the limit of this broker') : undefined);
    producer.script = refuse;
    deadLetters.script = refuse;
    await sender.dispatch([record(0, 'refused')]);
    await sender.settled();
    expect(deadLetters.sent.flat()).toEqual(['\0']);
    expect(tracker.positions.get('p-0')).toBe('1');
    expect(sender.progress.failure).toBeUndefined();
  });

  it('sends each record to the topic that it names, opened once and with its first record', async () => {
    const { producer, other, opened, sender, tracker } = setUp();
    await sender.dispatch([record(0)]);
    expect(opened).toEqual(['orders']);
    for (let id = 1; id < 7; id += 2) await sender.dispatch([{ ...record(id), topic: 'refunds' }, record(id + 1)]);
    await sender.settled();
    expect(opened).toEqual(['orders', 'refunds']);
    expect([producer.sent[0], other.sent[0]]).toEqual([
      ['v0', 'v2', 'v4', 'v6'],
      ['v1', 'v3', 'v5'],
    ]);
    expect(tracker.positions.get('p-0')).toBe('7');
  });

  it('holds a partition at the record that one of its topics has not taken', async () => {
    const { producer, other, sender, tracker } = setUp();
    other.script = () => new ConnectError('UNREACHABLE', 'gone', { retriable: true });
    await sender.dispatch([record(0), { ...record(1), topic: 'refunds' }, record(2)]);
    await sender.settled();
    expect(producer.sent[0]).toEqual(['v0', 'v2']);
    expect(tracker.positions.get('p-0')).toBe('1');
  });

  it('sends none of the records where the topic of one can not be opened', async () => {
    const { producer, sender, tracker } = setUp();
    await expect(sender.dispatch([record(0), { ...record(1), topic: 'missing' }])).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await sender.settled();
    expect(producer.sent.flat()).toEqual([]);
    expect(tracker.positions.size).toBe(0);
  });

  it('acknowledges nothing when the dead letter can not be sent', async () => {
    const { producer, deadLetters, sender, tracker } = setUp('dead-letter');
    producer.script = () => new RefusedError(0, 'illegal message');
    deadLetters.script = () => new ConnectError('UNREACHABLE', 'no broker', { retriable: true });
    await sender.dispatch([record(0)]);
    await sender.settled();
    expect(tracker.positions.size).toBe(0);
    expect(sender.progress.failure).toMatchObject({ code: 'UNREACHABLE', retriable: true });
  });

  it('neither starts a dead letter nor waits for one when it is abandoned', async () => {
    const { producer, deadLetters, sender } = setUp('dead-letter');
    const closed = Promise.withResolvers<void>();
    let started = 0;
    deadLetters.send = async () => {
      started += 1;
      await closed.promise;
      throw new ConnectError('INTERRUPTED', 'closed', { retriable: true });
    };
    deadLetters.close = async () => closed.resolve();
    producer.script = () => new RefusedError(0, 'refused');
    await sender.dispatch([record(1), record(2), record(3, 'v3', 1)]);
    while (started < 2) await nextTurn();
    const reason = new ConnectError('LEASE_LOST', 'taken over');
    await sender.abandon(reason);
    await sender.settled();
    expect(started).toBe(2);
    expect(sender).toMatchObject({ progress: { failure: reason, inFlight: { records: 0 } }, copied: { deadLetters: 0 } });
  });

  it('copies all before and beside a bad record, once and in order, wherever bad ones are and whichever way they are refused', async () => {
    const kind = fc.constantFrom('good', 'good', 'good', 'good', 'refused by the broker', 'too large', 'not understood', 'skipped');
    const read = fc.array(fc.record({ partition: fc.nat(2), kind, poll: fc.boolean() }), { maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(read, fc.constantFrom('fail' as const, 'dead-letter' as const), async (records, tolerance) => {
        const skips = records.flatMap(({ partition, kind }, id) => (kind === 'skipped' ? [`p-${partition}@${id}`] : []));
        const { producer, sender, tracker } = setUp(tolerance, skips);
        producer.script = (body) => (body.startsWith('refused') ? new RefusedError(0, 'illegal') : undefined);
        const poll: SourceRecord[] = [];
        for (const [id, { partition, kind, poll: last }] of records.entries()) {
          const refused = new ConnectError('RECORD_REFUSED', 'damaged');
          const base = { ...record(id, `${kind} ${id}`, partition % 2), partition: `p-${partition}` };
          poll.push(kind === 'not understood' || kind === 'skipped' ? { ...base, refused } : base);
          if (last) await sender.dispatch(poll.splice(0));
        }
        await sender.dispatch(poll);
        await sender.settled();
        for (const partition of [0, 1, 2]) {
          const own = [...records.entries()].filter(([, entry]) => entry.partition === partition);
          const bad = tolerance === 'dead-letter' ? -1 : own.findIndex(([, { kind }]) => kind !== 'good' && kind !== 'skipped');
          const done = own.slice(0, bad === -1 ? own.length : bad);
          const of = (producer: ScriptedProducer) => producer.sent.flat().filter((body) => own.some(([id]) => body.endsWith(` ${id}`)));
          expect(of(producer)).toEqual(done.filter(([, { kind }]) => kind === 'good').map(([id]) => `good ${id}`));
          expect(tracker.positions.get(`p-${partition}`)).toBe(done.length === 0 ? undefined : String((done.at(-1)?.[0] as number) + 1));
        }
        const bad = records.filter(({ kind }) => kind !== 'good' && kind !== 'skipped').length;
        expect(sender.copied.deadLetters).toBe(tolerance === 'dead-letter' ? bad : 0);
        expect(sender.progress).toMatchObject({ failure: undefined, inFlight: { bytes: 0, records: 0 } });
      }),
      { numRuns: 60 },
    );
  });
});
