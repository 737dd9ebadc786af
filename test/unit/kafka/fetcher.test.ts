import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it, jest } from '@jest/globals';
import { ConnectError, type SourceRecord } from '../../../src/api/index.ts';
import type { FetchedPartition, FetchRequest } from '../../../src/connectors/kafka/protocol/fetch-records.ts';
import { Fetcher, type FetcherOptions } from '../../../src/connectors/kafka/read/fetcher.ts';
import { PartitionReader } from '../../../src/connectors/kafka/read/partition-reader.ts';
import { liveBufferBytes } from '../../support/live-memory.ts';
import { encodeBatch } from './encode-batch.ts';

const MIB = 1024 * 1024;
const BROKER = { node: 1, host: 'broker', port: 9092 };

interface Cluster {
  /** Partitions from which on there is no leader. */
  leaders?: number;
  answer: (partition: number, request: FetchRequest) => Promise<Partial<FetchedPartition>> | Partial<FetchedPartition>;
}

/** A run that reads `count` partitions of a cluster that fails on demand. */
function fetching(count: number, cluster: Cluster, rest: Partial<FetcherOptions> = {}) {
  const abort = new AbortController();
  let asked = 0;
  const client: FetcherOptions['client'] = {
    section: 'source',
    leader: (_topic, partition) => (partition < (cluster.leaders ?? count) ? BROKER : undefined),
    topicId: () => 'id',
    fetch: async (_leader, request) => {
      asked += 1;
      const partitions = request.topics.flatMap(({ partitions: those }) => those.map(({ partition }) => partition));
      return Promise.all(
        partitions.map(async (partition) => ({
          ...{ topic: 'orders', partition, error: undefined, end: 1_000, heldBack: 0, records: undefined, aborted: [] },
          ...(await cluster.answer(partition, request)),
        })),
      );
    },
  };
  const readers = Array.from({ length: count }, (_, partition) => new PartitionReader({ topic: 'orders', partition }, 0, true));
  const fetcher = new Fetcher({
    client,
    readers,
    committedOnly: true,
    maxFetchBytes: 16 * MIB,
    starvingMs: 60_000,
    signal: abort.signal,
    patienceMs: 60_000,
    refresh: async () => new Map(),
    onOutOfRange: async () => {},
    onGaps: () => {},
    ...rest,
  });
  return { abort, fetcher, readers, asked: () => asked };
}

const turns = async (count: number) => {
  for (let left = count; left > 0; left -= 1) await turn();
};
const large = (firstOffset: number, bytes: number) =>
  encodeBatch({ firstOffset, lastOffset: firstOffset, records: [{ offset: firstOffset, value: Buffer.alloc(bytes, 'v') }] });

describe('partitions that fail', () => {
  it('without a leader are told as stopped once the run is aborted, each once, however many there are', async () => {
    const { abort, fetcher, readers } = fetching(5_000, { leaders: 0, answer: () => ({}) });
    abort.abort();
    fetcher.pump();
    await fetcher.arrival();
    const stopped = fetcher.takeStopped();
    expect([...stopped.keys()]).toEqual(readers);
    expect(stopped.get(readers[7] as PartitionReader)?.message).toContain('partition orders-7 has no leader');
    fetcher.pump();
    expect(fetcher.takeStopped().size).toBe(0);
  });

  it('without a leader harm nothing where the run is aborted while the cluster is asked for one', async () => {
    const refresh = Promise.withResolvers<ReadonlyMap<string, ConnectError>>();
    const asking = Promise.withResolvers<void>();
    const cluster: Cluster = { leaders: 0, answer: () => ({}) };
    const { abort, fetcher } = fetching(1, cluster, {
      refresh: () => {
        asking.resolve();
        return refresh.promise;
      },
    });
    fetcher.pump();
    await asking.promise;
    abort.abort();
    refresh.resolve(new Map());
    await fetcher.arrival();
    expect(fetcher.takeStopped().size).toBe(1);
  });

  it('as their leader does not know them yet are asked for again as long as without a leader, not only as a topic that is gone', async () => {
    const begun = Date.now();
    let passed = 0;
    const clock = jest.spyOn(Date, 'now').mockImplementation(() => begun + passed);
    const answer = () => {
      passed += 1_500;
      return { error: 'UNKNOWN_TOPIC_ID' };
    };
    try {
      const { fetcher, readers, asked } = fetching(1, { answer });
      fetcher.pump();
      let stopped = fetcher.takeStopped();
      for (; stopped.size === 0; stopped = fetcher.takeStopped()) await fetcher.arrival();
      expect([...stopped]).toEqual([[readers[0], expect.objectContaining({ code: 'WRONG_STATE', retriable: true })]]);
      expect(asked()).toBe(5);
    } finally {
      clock.mockRestore();
    }
  });

  it('for good are not asked for again, though it takes a while until someone asks which they are', async () => {
    const wrong = new ConnectError('AUTH_FAILED', 'the password is wrong');
    const { fetcher, readers, asked } = fetching(3, { answer: () => Promise.reject(wrong) });
    fetcher.pump();
    await turns(20);
    fetcher.pump();
    await turns(20);
    expect(asked()).toBe(1);
    expect([...fetcher.takeStopped()]).toEqual(readers.map((reader) => [reader, wrong]));
  });
});

describe('a partition that is left', () => {
  it('holds nothing of what was fetched', async () => {
    const { fetcher, readers } = fetching(1, { answer: () => ({ records: large(0, 8 * MIB) }) });
    const [reader] = readers as [PartitionReader];
    const before = liveBufferBytes();
    fetcher.pump();
    await turns(5);
    // Not all 8 MiB: something else in this process may have given a little back.
    expect(liveBufferBytes() - before).toBeGreaterThan(7 * MIB);
    fetcher.leave(reader);
    await turns(5);
    expect(reader.bufferedBytes).toBe(0);
    expect(liveBufferBytes() - before).toBeLessThan(MIB);
  });

  it('is not told as stopped where a request for it fails afterwards', async () => {
    const fails = Promise.withResolvers<never>();
    const { fetcher, readers } = fetching(2, { answer: () => fails.promise });
    fetcher.pump();
    const [left, other] = readers as [PartitionReader, PartitionReader];
    fetcher.leave(left);
    fails.reject(new ConnectError('AUTH_FAILED', 'the password is wrong'));
    await turns(5);
    expect([...fetcher.takeStopped().keys()]).toEqual([other]);
  });

  it('is not told as stopped where its topic is found to be gone afterwards', async () => {
    const refresh = Promise.withResolvers<ReadonlyMap<string, ConnectError>>();
    const asking = Promise.withResolvers<void>();
    const ask = () => {
      asking.resolve();
      return refresh.promise;
    };
    const { fetcher, readers } = fetching(1, { answer: () => ({ error: 'NOT_LEADER_OR_FOLLOWER' }) }, { refresh: ask });
    fetcher.pump();
    await asking.promise;
    fetcher.leave(readers[0] as PartitionReader);
    refresh.resolve(new Map([['orders', new ConnectError('FORBIDDEN', 'no more')]]));
    await turns(5);
    expect(fetcher.takeStopped().size).toBe(0);
  });
});

describe('a partition whose place is gone', () => {
  it('goes on elsewhere only when all is handed out, also a damaged batch that did not fit', async () => {
    const bad = large(1, 100);
    bad.writeUInt8(bad.readUInt8(80) ^ 1, 80);
    const answers: Array<Partial<FetchedPartition>> = [
      { end: 3, records: Buffer.concat([large(0, 10), bad, large(2, 10).subarray(0, 20)]) },
    ];
    const moved: number[] = [];
    const { fetcher, readers } = fetching(
      1,
      { answer: () => answers.shift() ?? { error: 'OFFSET_OUT_OF_RANGE' } },
      {
        onOutOfRange: async (reader) => {
          moved.push(reader.position);
          reader.seek(3, 3);
        },
      },
    );
    const [reader] = readers as [PartitionReader];
    const into: SourceRecord[] = [];
    fetcher.pump();
    await fetcher.arrival();
    reader.take(into, 1, MIB);
    reader.take(into, 1, 1);
    for (const maxBytes of [1, MIB]) {
      fetcher.pump();
      await turns(5);
      expect([into.map(({ id }) => id), moved]).toEqual([['0'], []]);
      reader.take(into, 1, maxBytes);
    }
    fetcher.pump();
    await turns(5);
    expect([into.map(({ id }) => id), moved, reader.finished]).toEqual([['0', '1'], [2], true]);
  });
});

describe('an answer that comes while nobody waits for it', () => {
  it('is not missed by who waits next', async () => {
    const { fetcher, readers } = fetching(1, { answer: () => ({ records: large(0, 10) }) });
    fetcher.pump();
    await turns(5);
    await fetcher.arrival();
    const into: SourceRecord[] = [];
    (readers[0] as PartitionReader).take(into, 10, MIB);
    expect(into).toHaveLength(1);
  });
});
