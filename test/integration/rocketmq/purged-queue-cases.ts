import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { openQueues } from '../../../src/rocketmq/queues.ts';
import { RemotingClient } from '../../../src/rocketmq/remoting/client.ts';
import { WarmClients } from '../../../src/runtime/warm-clients.ts';
import { OwnServer } from '../../support/own-server.ts';
import { SinkLab } from '../../support/sink/sink-lab.ts';
import { named } from './named-topics.ts';
import { rocketmqWith } from './rocketmq-servers.ts';

const DELETE_EXPIRED_COMMITLOG = 329;
const START_LIMIT_MS = 300_000;
/** It begins a minute after the start of the broker, and on a busy machine later. */
const PURGE_LIMIT_MS = 300_000;
const CASE_LIMIT_MS = 600_000;

/** Files of a broker are small and out of date at once, so that it deletes them when it is told to. */
const CONF = ['mappedFileSizeCommitLog=1048576', 'fileReservedTime=0', 'cleanResourceInterval=500', 'deleteCommitLogFilesInterval=50'];

/** Starts a broker that deletes what it can, a minute after its start at the earliest: other cases fill that time. */
export function startPurgingBroker(): Promise<OwnServer> {
  const server = rocketmqWith({ brokerConf: CONF, java: [] });
  const apart = (name: string) => `${name}-purging`;
  // A test file may have another broker of its own.
  const processes: typeof server.processes = (site) => server.processes(site).map((process) => ({ ...process, name: apart(process.name) }));
  return OwnServer.start({ ...server, name: apart(server.name), processes }, server);
}

/** `broker`: one of `startPurgingBroker`, whose caller ends it. */
export function purgedQueueCases(broker: () => Promise<OwnServer>): void {
  let server: OwnServer;
  let lab: SinkLab;
  beforeAll(async () => {
    server = await broker();
    lab = await SinkLab.open(server.address('namesrv'));
  }, START_LIMIT_MS);
  afterAll(() => lab?.[Symbol.asyncDispose]());

  it(
    'stops the sink before what is missing, until somebody says to go on',
    async () => {
      const sink = await lab.sink({ queues: 1 });
      const body = Buffer.alloc(1_000, 'x');
      await sink.fill(0, 200, () => ({ body }));
      await sink.apply({ batch: { ...sink.spec.batch, maxRecords: 100 } });
      expect(await sink.run()).toMatchObject({ outcome: 'limit', records: 100 });
      // One request must fit into a file.
      for (let round = 0; round < 20; round += 1) await sink.fill(0, 200, () => ({ body }));
      const min = await purge(sink.topic);
      expect(min).toBeGreaterThan(100);

      const lost = await sink.run();
      expect(lost.stopped).toMatchObject([{ code: 'POSITION_LOST', message: expect.stringMatching(/at offsets 100 to \d+/) }]);
      const last = Number(/at offsets 100 to (\d+)/.exec(lost.stopped?.[0]?.message ?? '')?.[1]);
      // The broker goes on deleting in the meantime.
      const later = await firstOffset(sink.topic);
      expect(last + 1).toBeGreaterThanOrEqual(min);
      expect(last + 1).toBeLessThanOrEqual(later);
      expect((await sink.status()).taskStatus[0]).toMatchObject({
        state: 'FAILED',
        positions: { [sink.queue(0)]: expect.stringMatching(/^100@/) },
      });
      expect(sink.target.written).toHaveLength(100);

      const clients = new WarmClients();
      const queues = await openQueues(lab.topics.config(sink.topic), named(sink.topic), clients);
      const filtered = queues.read(sink.queue(0), { from: 100, to: 4_200, maxBytes: 1_000_000, filter: { tags: ['none'] } });
      const missing = await filtered.next().catch((error) => error);
      expect(missing).toMatchObject({ name: 'MissingMessages', from: 100 });
      expect(missing.to).toBeGreaterThanOrEqual(later);
      expect(missing.to).toBeLessThanOrEqual(await firstOffset(sink.topic));
      await clients.close();

      await sink.apply({ system: { onOffsetLost: 'earliest' }, batch: { ...sink.spec.batch, maxRecords: 10_000 } });
      expect(await sink.run({ deadlineMs: 120_000 })).toMatchObject({
        outcome: 'caught-up',
        notices: [expect.stringContaining('sink.onOffsetLost')],
      });
      const offsets = sink.target.offsets.get(sink.queue(0))?.slice(100) ?? [];
      expect(offsets[0]).toBeGreaterThanOrEqual(missing.to);
      expect(offsets).toEqual(Array.from({ length: 4_200 - (offsets[0] ?? 0) }, (_, index) => (offsets[0] ?? 0) + index));
    },
    CASE_LIMIT_MS,
  );

  async function firstOffset(topic: string): Promise<number> {
    const [range] = (await lab.topics.admin.topicStats(topic)) ?? [];
    return range?.min ?? 0;
  }

  /** Lets the broker delete what it can. Returns the first offset that is left. */
  async function purge(topic: string): Promise<number> {
    const client = new RemotingClient({});
    try {
      for (const deadline = Date.now() + PURGE_LIMIT_MS; ; await sleep(500)) {
        await client.request(server.address('broker'), { code: DELETE_EXPIRED_COMMITLOG, fields: {} }, 30_000);
        const first = await firstOffset(topic);
        if (first > 1_000) return first;
        if (Date.now() > deadline) throw new Error(`the broker deleted nothing: the first offset is ${first}`);
      }
    } finally {
      client.close();
    }
  }
}
