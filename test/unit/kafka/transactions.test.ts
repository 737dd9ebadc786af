import { describe, expect, it, jest } from '@jest/globals';
import { ConnectError } from '../../../src/api/index.ts';
import type { KafkaClient } from '../../../src/connectors/kafka/protocol/client.ts';
import { protocolError } from '../../../src/connectors/kafka/protocol/errors/protocol-errors.ts';
import { transactionError } from '../../../src/connectors/kafka/protocol/errors/transaction-errors.ts';
import { openMs, Transactions } from '../../../src/connectors/kafka/protocol/produce/transactions.ts';

const TOPIC = 'orders';
const PARTS = [{ topic: TOPIC, partition: 0 }];
const at = (offset: number) => ({ topic: TOPIC, offset, position: String(offset) });
const lost = new ConnectError('UNREACHABLE', 'the connection was lost', { retriable: true });
const bounds = () => ({ deadline: Date.now() + 60_000, signal: new AbortController().signal });
const holder = (epoch: number) => ({ transactionalId: 'x:q', producerId: 7n, epoch });

/** Coordinators that answer from a list, in the order of what is asked: take, position, partitions, group, set, end. */
function setUp(...answers: unknown[]) {
  const asked: string[] = [];
  const client = {
    useCoordinator: async (kind: string) => {
      asked.push(kind);
      const next = answers.shift();
      if (next instanceof Error) throw next;
      return next;
    },
  } as unknown as KafkaClient;
  return { asked, left: answers, transactions: new Transactions(client, 'x:q', 1_000) };
}

const OK = undefined;
const write = async () => {};

describe('the transactions of a queue', () => {
  it('move the position that the group has, one behind the other, by one producer', async () => {
    const { transactions, left } = setUp(holder(3), '10', OK, OK, OK, OK, OK, OK, OK, OK);
    expect(await transactions.position(TOPIC, bounds())).toBe('10');
    const places: unknown[] = [];
    for (const offset of [20, 30]) {
      await transactions.run(PARTS, at(offset), bounds(), async (producer) => void places.push(producer.place('orders-0')), write);
      expect(await transactions.position(TOPIC, bounds())).toBe(String(offset));
    }
    expect(places).toEqual(Array(2).fill({ producerId: 7n, epoch: 3, sequence: 0, transactional: true }));
    expect(left).toEqual([]);
  });

  it('tell of one whose end was not answered that it is committed, or that it is not', async () => {
    const ended = (found: string) => setUp(holder(0), '10', OK, OK, OK, ...Array(20).fill(lost), holder(2), found);
    for (const found of ['10', '20']) {
      const { transactions, left } = ended(found);
      await transactions.position(TOPIC, bounds());
      const deadline = Date.now() + 300;
      await expect(transactions.run(PARTS, at(20), { ...bounds(), deadline }, write, write)).rejects.toMatchObject({ retriable: true });
      // The time of its run decides how often the end is asked for.
      left.splice(0, left.length - 2);
      expect(await transactions.position(TOPIC, bounds())).toBe(found);
    }
  });

  it('are another run’s once the position is one that they did not write', async () => {
    const { transactions } = setUp(holder(0), '10', OK, OK, OK, holder(2), '20');
    await transactions.position(TOPIC, bounds());
    const fails = async () => {
      throw lost;
    };
    await expect(transactions.run(PARTS, at(20), bounds(), fails, write)).rejects.toBe(lost);
    await expect(transactions.position(TOPIC, bounds())).rejects.toMatchObject({ code: 'LEASE_LOST', retriable: true });
  });

  it('are not tried again by who was shut out', async () => {
    const { transactions, asked } = setUp(holder(0), '10', transactionError('PRODUCER_FENCED', 'transactional id x:q'));
    await transactions.position(TOPIC, bounds());
    await expect(transactions.run(PARTS, at(20), bounds(), write, write)).rejects.toMatchObject({ code: 'LEASE_LOST' });
    expect(asked).toHaveLength(3);
  });

  it('were too long where brokers shut out who had one open until then', async () => {
    jest.useFakeTimers({ doNotFake: ['setTimeout', 'nextTick', 'setImmediate', 'queueMicrotask'] });
    try {
      const { transactions } = setUp(holder(0), '10', OK, OK, OK, transactionError('INVALID_PRODUCER_EPOCH', 'transactional id x:q'));
      await transactions.position(TOPIC, bounds());
      const settled = async () => {
        jest.setSystemTime(Date.now() + openMs(1_000));
      };
      const long = { ...bounds(), deadline: Date.now() + 3_600_000 };
      await expect(transactions.run(PARTS, at(20), long, write, settled)).rejects.toMatchObject({ code: 'TIMEOUT', retriable: true });
    } finally {
      jest.useRealTimers();
    }
  });

  it.each(['INVALID_TXN_STATE', 'UNKNOWN_PRODUCER_ID', 'TRANSACTION_ABORTABLE'])(
    'begin anew after %s, and not with the same request',
    async (name) => {
      const { transactions, asked } = setUp(holder(0), '10', transactionError(name, 'transactional id x:q'), holder(2), '10');
      await transactions.position(TOPIC, bounds());
      await expect(transactions.run(PARTS, at(20), bounds(), write, write)).rejects.toMatchObject({ code: 'WRONG_STATE', retriable: true });
      expect(asked).toHaveLength(3);
      expect(await transactions.position(TOPIC, bounds())).toBe('10');
    },
  );

  it('are committed neither behind a refused record nor after their deadline, and ended by who stops', async () => {
    const { transactions, asked } = setUp(holder(0), '10', OK, OK, OK, OK, holder(2), '10', OK, OK, OK, OK);
    await transactions.position(TOPIC, bounds());
    const refused = new ConnectError('RECORD_REFUSED', 'too large');
    await expect(transactions.run(PARTS, at(20), bounds(), () => Promise.reject(refused), write)).rejects.toBe(refused);
    expect(asked).toHaveLength(5);
    await transactions.abort();
    expect(asked).toHaveLength(6);
    await transactions.position(TOPIC, bounds());
    const stop = new AbortController();
    const settled = async () => stop.abort();
    await expect(transactions.run(PARTS, at(20), { ...bounds(), signal: stop.signal }, write, settled)).rejects.toMatchObject({
      code: 'INTERRUPTED',
    });
    expect(asked).toHaveLength(11);
  });

  it('may be open for as long as each of their parts may wait for brokers, within what brokers allow by default', () => {
    expect([openMs(1_000), openMs(20_000), openMs(300_000)]).toEqual([60_000, 60_000, 900_000]);
  });
});

describe('what brokers answer to a transaction', () => {
  it.each([
    ['TRANSACTIONAL_ID_AUTHORIZATION_FAILED', 'FORBIDDEN', false],
    ['GROUP_AUTHORIZATION_FAILED', 'FORBIDDEN', false],
    ['INVALID_TRANSACTION_TIMEOUT', 'CONFIG_INVALID', false],
    ['CONCURRENT_TRANSACTIONS', 'WRONG_STATE', true],
    ['UNSTABLE_OFFSET_COMMIT', 'WRONG_STATE', true],
    ['NOT_COORDINATOR', 'WRONG_STATE', true],
    ['COORDINATOR_LOAD_IN_PROGRESS', 'WRONG_STATE', true],
    ['PRODUCER_FENCED', 'LEASE_LOST', true],
    ['INVALID_PRODUCER_EPOCH', 'LEASE_LOST', true],
    ['UNKNOWN_TOPIC_OR_PARTITION', 'WRONG_STATE', true],
    ['MESSAGE_TOO_LARGE', 'RECORD_REFUSED', false],
  ])('says of %s: %s', (name, code, retriable) => {
    expect(transactionError(name, 'it')).toMatchObject({ code, retriable, remedy: expect.stringMatching(/^[a-z]/) });
  });

  it('names no option of a source', () => {
    for (const name of ['GROUP_AUTHORIZATION_FAILED', 'TRANSACTIONAL_ID_AUTHORIZATION_FAILED'])
      expect(protocolError(name, 'it', 'sink').remedy).toMatch(/sink\.delivery/);
    for (const name of ['UNKNOWN_MEMBER_ID', 'INVALID_GROUP_ID'])
      expect(protocolError(name, 'it', 'sink').remedy).toMatch(/sink\.transactionalIdPrefix/);
  });
});
