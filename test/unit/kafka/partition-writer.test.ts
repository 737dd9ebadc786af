import { describe, expect, it } from '@jest/globals';
import { ConnectError } from '../../../src/api/index.ts';
import type { KafkaClient } from '../../../src/connectors/kafka/protocol/client.ts';
import type { Sends } from '../../../src/connectors/kafka/protocol/produce/leader-sends.ts';
import type { ProduceAnswer, ProducePart } from '../../../src/connectors/kafka/protocol/produce/produce-request.ts';
import { Producer } from '../../../src/connectors/kafka/protocol/produce/producers.ts';
import { readRecordBatch } from '../../../src/connectors/kafka/protocol/records/record-batch.ts';
import { type Item, PartitionWriter, type Shared } from '../../../src/connectors/kafka/sink/partition-writer.ts';

const LEADER = { node: 1, host: 'kafka', port: 9092 };
const OK: ProduceAnswer = { error: undefined, records: [], message: undefined };
const answer = (error: string, records: readonly number[] = []): ProduceAnswer => ({ error, records, message: undefined });

/** What a batch was sent as. */
interface Sent {
  readonly epoch: number;
  readonly sequence: number;
  readonly records: number;
}

/** A leader that answers from a list, and then takes everything. */
function setUp(
  answers: ReadonlyArray<ProduceAnswer | ConnectError>,
  { topicError = undefined as string | undefined, delayMs = 0, transactionalId = undefined as string | undefined } = {},
) {
  const left = [...answers];
  const sent: Sent[] = [];
  const sends = {
    send: async (_leader: unknown, { batch }: ProducePart) => {
      sent.push({ epoch: batch.readInt16BE(51), sequence: batch.readInt32BE(53), records: readRecordBatch(batch, 0).records });
      const next = left.shift() ?? OK;
      await new Promise((resolve) => setTimeout(resolve, delayMs));
      if (next instanceof ConnectError) throw next;
      return next;
    },
  } as unknown as Sends;
  const client = {
    section: 'sink',
    leader: () => LEADER,
    topics: async () => [{ name: 'orders', error: topicError }],
  } as unknown as KafkaClient;
  const shared: Shared = { client, sends, compression: 'none', patienceMs: 5_000, limits: new Map() };
  const producer = new Producer(7n, 0, transactionalId);
  const write = (count: number, { deadline = Date.now() + 60_000, bytes = 10, signal = new AbortController().signal } = {}) =>
    new PartitionWriter(shared, producer, 'orders', 0, { deadline, signal }).write(items(count, bytes));
  return { sent, shared, write };
}

const items = (count: number, bytes: number): Item[] =>
  Array.from({ length: count }, (_, index) => ({
    index,
    record: { key: null, value: Buffer.alloc(bytes), headers: [], timestamp: 1 },
  }));

const lost = new ConnectError('UNREACHABLE', 'the connection was lost', { retriable: true });

describe('a batch for a partition', () => {
  it('is counted by its records', async () => {
    const { sent, write } = setUp([]);
    expect(await write(3)).toEqual([]);
    expect(await write(2)).toEqual([]);
    expect(sent).toEqual([
      { epoch: 0, sequence: 0, records: 3 },
      { epoch: 0, sequence: 3, records: 2 },
    ]);
  });

  it.each([
    ['no answer', lost],
    ['a leader that moves', answer('NOT_LEADER_OR_FOLLOWER')],
    ['replicas that are away', answer('NOT_ENOUGH_REPLICAS_AFTER_APPEND')],
    ['a leader that does not know the partition yet', answer('UNKNOWN_TOPIC_OR_PARTITION')],
    ['a broker that throttles', answer('THROTTLING_QUOTA_EXCEEDED')],
  ])('is sent again as it was after %s', async (_what, failure) => {
    const { sent, write } = setUp([OK, failure, failure]);
    await write(4);
    expect(await write(2)).toEqual([]);
    expect(sent.slice(1)).toEqual(Array(3).fill({ epoch: 0, sequence: 4, records: 2 }));
  });

  it('is stored where the broker says that it had it before', async () => {
    const { sent, write } = setUp([lost, answer('DUPLICATE_SEQUENCE_NUMBER')]);
    expect(await write(2)).toEqual([]);
    await write(1);
    expect(sent.at(-1)).toEqual({ epoch: 0, sequence: 2, records: 1 });
  });

  it.each(['OUT_OF_ORDER_SEQUENCE_NUMBER', 'UNKNOWN_PRODUCER_ID', 'INVALID_PRODUCER_EPOCH'])(
    'begins anew with a larger epoch after %s',
    async (error) => {
      const { sent, write } = setUp([OK, answer(error)]);
      await write(4);
      expect(await write(2)).toEqual([]);
      expect(sent.slice(1)).toEqual([
        { epoch: 0, sequence: 4, records: 2 },
        { epoch: 1, sequence: 0, records: 2 },
      ]);
    },
  );

  it('that is given up is shut out by the next one', async () => {
    const { sent, write } = setUp([OK, lost], { delayMs: 300 });
    await write(4);
    await expect(write(2, { deadline: Date.now() + 200 })).rejects.toBe(lost);
    await write(2);
    expect(sent.slice(1)).toEqual([
      { epoch: 0, sequence: 4, records: 2 },
      { epoch: 1, sequence: 0, records: 2 },
    ]);
  });

  it('fails at once for what waiting does not mend', async () => {
    const { sent, write } = setUp([answer('TOPIC_AUTHORIZATION_FAILED')]);
    await expect(write(2)).rejects.toMatchObject({ code: 'FORBIDDEN', retriable: false, remedy: expect.stringContaining('sink.sasl') });
    expect(sent).toHaveLength(1);
  });

  it('fails where the topic is gone', async () => {
    const { write } = setUp([answer('UNKNOWN_TOPIC_OR_PARTITION')], { topicError: 'TOPIC_AUTHORIZATION_FAILED' });
    await expect(write(1)).rejects.toMatchObject({ code: 'FORBIDDEN', message: expect.stringContaining('topic orders') });
  });

  it('does not begin after its deadline', async () => {
    const { sent, write } = setUp([]);
    await expect(write(2, { deadline: Date.now() })).rejects.toMatchObject({ code: 'TIMEOUT', retriable: true });
    expect(sent).toEqual([]);
  });

  it('ends as soon as it is told to', async () => {
    const stop = new AbortController();
    const { write } = setUp([lost, lost, lost, lost, lost]);
    const writing = write(1, { signal: stop.signal });
    setTimeout(() => stop.abort(), 20);
    await expect(writing).rejects.toMatchObject({ retriable: true });
  });
});

describe('a batch of a transaction', () => {
  const inTransaction = { transactionalId: 'x:q' };

  it.each([
    ['INVALID_PRODUCER_EPOCH', 'LEASE_LOST'],
    ['PRODUCER_FENCED', 'LEASE_LOST'],
    ['OUT_OF_ORDER_SEQUENCE_NUMBER', 'WRONG_STATE'],
    ['INVALID_TXN_STATE', 'WRONG_STATE'],
  ])('is not sent again after %s', async (error, code) => {
    const { sent, write } = setUp([answer(error)], inTransaction);
    await expect(write(2)).rejects.toMatchObject({ code });
    expect(sent).toHaveLength(1);
  });

  it('is sent again as it was where its leader moves', async () => {
    const { sent, write } = setUp([answer('NOT_LEADER_OR_FOLLOWER'), lost], inTransaction);
    expect(await write(2)).toEqual([]);
    expect(sent).toEqual(Array(3).fill({ epoch: 0, sequence: 0, records: 2 }));
  });
});

describe('a batch that holds what Kafka refuses', () => {
  it('is written without the records that the broker names', async () => {
    const { sent, write } = setUp([answer('INVALID_RECORD', [1, 3])]);
    expect(await write(5)).toMatchObject([
      { index: 1, error: { code: 'RECORD_REFUSED' } },
      { index: 3, error: { message: 'it is no record for this topic' } },
    ]);
    expect(sent).toEqual([
      { epoch: 0, sequence: 0, records: 5 },
      { epoch: 0, sequence: 0, records: 3 },
    ]);
  });

  it('is halved where the broker names none', async () => {
    const { sent, write } = setUp([answer('INVALID_TIMESTAMP'), OK, answer('INVALID_TIMESTAMP'), answer('INVALID_TIMESTAMP'), OK]);
    expect(await write(4)).toMatchObject([{ index: 2, error: { code: 'RECORD_REFUSED' } }]);
    expect(sent).toEqual([
      { epoch: 0, sequence: 0, records: 4 },
      { epoch: 0, sequence: 0, records: 2 },
      { epoch: 0, sequence: 2, records: 2 },
      { epoch: 0, sequence: 2, records: 1 },
      { epoch: 0, sequence: 2, records: 1 },
    ]);
  });

  it('is made smaller where it is too large, as are those after it', async () => {
    const { sent, shared, write } = setUp([answer('MESSAGE_TOO_LARGE'), OK, OK]);
    expect(await write(4, { bytes: 1_000 })).toEqual([]);
    expect(sent.map(({ records }) => records)).toEqual([4, 1, 1, 1, 1]);
    expect(shared.limits.get('orders')).toBeLessThan(2_200);
  });

  it('is one record that is too large, and says how large', async () => {
    const { write } = setUp([answer('RECORD_LIST_TOO_LARGE')]);
    expect(await write(1, { bytes: 1_000 })).toMatchObject([
      { index: 0, error: { code: 'RECORD_REFUSED', message: expect.stringMatching(/\(some 1\d\d\d bytes for orders\)$/) } },
    ]);
  });

  it('is never larger than topics take by default', async () => {
    const { sent, write } = setUp([]);
    await write(50, { bytes: 100_000 });
    expect(sent.map(({ records }) => records)).toEqual([9, 9, 9, 9, 9, 5]);
  });
});
