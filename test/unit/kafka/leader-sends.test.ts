import { describe, expect, it } from '@jest/globals';
import { ConnectError } from '../../../src/api/index.ts';
import type { KafkaClient } from '../../../src/connectors/kafka/protocol/client.ts';
import { Sends } from '../../../src/connectors/kafka/protocol/produce/leader-sends.ts';
import type { ProducePart } from '../../../src/connectors/kafka/protocol/produce/produce-request.ts';

const LEADER = { node: 1, host: 'kafka', port: 9092 };
const signal = new AbortController().signal;
const part = (partition: number, bytes = 100): ProducePart => ({ topic: 'orders', partition, batch: Buffer.alloc(bytes) });

/** A client whose requests a test answers by hand. */
function setUp() {
  const requests: Array<{ answer: (value: unknown) => void; fail: (error: Error) => void }> = [];
  const client = { use: () => new Promise((answer, fail) => requests.push({ answer, fail })) } as unknown as KafkaClient;
  return { sends: new Sends(client, 1_000), requests };
}

const soon = () => new Promise((resolve) => setTimeout(resolve, 5));
const OK = { error: undefined, records: [], message: undefined };

describe('batches for one broker', () => {
  it('travel together where they are ready together, and two requests at a time', async () => {
    const { sends, requests } = setUp();
    const first = [0, 1, 2].map((partition) => sends.send(LEADER, part(partition), signal));
    await soon();
    expect(requests).toHaveLength(1);
    const second = sends.send(LEADER, part(3), signal);
    await soon();
    const third = [4, 5].map((partition) => sends.send(LEADER, part(partition), signal));
    await soon();
    expect(requests).toHaveLength(2);
    requests[0]?.answer([OK, { ...OK, error: 'X' }, OK]);
    expect(await Promise.all(first)).toEqual([OK, { ...OK, error: 'X' }, OK]);
    await soon();
    expect(requests).toHaveLength(3);
    requests[2]?.answer([OK, OK]);
    requests[1]?.answer([OK]);
    expect(await Promise.all([second, ...third])).toEqual([OK, OK, OK]);
  });

  it('of one partition, and large ones, go in requests of their own', async () => {
    const { sends, requests } = setUp();
    const all = [part(0), part(0), part(1, 5_000_000)].map((each) => sends.send(LEADER, each, signal));
    await soon();
    expect(requests).toHaveLength(2);
    for (const { answer } of requests) answer([OK]);
    await soon();
    requests[2]?.answer([OK]);
    expect(await Promise.all(all)).toEqual([OK, OK, OK]);
  });

  it('travel with those of their own transaction only', async () => {
    const { sends, requests } = setUp();
    const ids = ['a', 'b', 'a', undefined];
    const all = ids.map((transactionalId, partition) => sends.send(LEADER, { ...part(partition), transactionalId }, signal));
    await soon();
    expect(requests).toHaveLength(3);
    requests[0]?.answer([OK, { ...OK, error: 'X' }]);
    for (const { answer } of requests.slice(1)) answer([OK]);
    expect((await Promise.all(all)).map(({ error }) => error)).toEqual([undefined, undefined, 'X', undefined]);
  });

  it('are not sent any more once their run has ended', async () => {
    const { sends, requests } = setUp();
    const stop = new AbortController();
    const given = sends.send(LEADER, part(0), stop.signal);
    stop.abort();
    await expect(given).rejects.toMatchObject({ code: 'INTERRUPTED' });
    expect(requests).toHaveLength(0);
  });

  it('fail together with their request, and those without an answer alone', async () => {
    const { sends, requests } = setUp();
    const failed = [0, 1].map((partition) => sends.send(LEADER, part(partition), signal).catch((error: unknown) => error));
    await soon();
    const lost = new ConnectError('UNREACHABLE', 'lost', { retriable: true });
    requests[0]?.fail(lost);
    expect(await Promise.all(failed)).toEqual([lost, lost]);
    const unanswered = sends.send(LEADER, part(0), signal);
    await soon();
    requests[1]?.answer([undefined]);
    await expect(unanswered).rejects.toMatchObject({ code: 'WRONG_KIND', retriable: true });
  });
});
