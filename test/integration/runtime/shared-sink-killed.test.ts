import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect } from '@jest/globals';
import { createDynamodbStore } from '../../../src/store/dynamodb/dynamodb-store.ts';
import type { AwaitPoint } from '../../support/crash/interrupting.ts';
import { LEASE_OVER_MS, WORKER_DEADLINE_MS } from '../../support/crash/kill-randomly.ts';
import { runWorker } from '../../support/crash/run-worker.ts';
import { TestRuntime } from '../../support/runtime.ts';
import { itSideBySide, WAITING_AT_ONCE } from '../../support/side-by-side.ts';
import { fileSink, readFileSink } from '../../support/sink/file-sink.ts';
import { runUntil, sharedSink } from '../../support/sink/shared-sink.ts';
import type { LabSink } from '../../support/sink/sink-lab.ts';
import { SinkLab } from '../../support/sink/sink-lab.ts';
import { stackAddresses } from '../../support/stack.ts';

/** Of all cases together, on a busy machine. */
const LIMIT_MS = 1_200_000;
/** Several receives bring them, and several acknowledgements. */
const COUNT = 100;
/** A proxy takes no shorter one: messages that a dead process held come again after it. */
const INVISIBLE_MS = 10_000;

describe('the process of a sink whose tasks share queues', () => {
  let lab: SinkLab;
  let folder: string;
  beforeAll(async () => {
    lab = await SinkLab.open();
    folder = await mkdtemp(path.join(tmpdir(), 'shared-sink-'));
  });
  afterAll(async () => {
    await rm(folder, { recursive: true, force: true });
    await lab[Symbol.asyncDispose]();
  });

  async function prepare(): Promise<{ readonly sink: LabSink; readonly file: string }> {
    const sink = await sharedSink(lab, {
      queues: 2,
      invisibleTimeMs: INVISIBLE_MS,
      registry: fileSink,
      spec: { type: 'file-sink' },
    });
    const file = path.join(folder, sink.topic);
    await sink.apply({ system: { delivery: 'shared', path: file } });
    await sink.fill(0, COUNT);
    await sink.fill(1, COUNT);
    return { sink, file };
  }

  const points: readonly AwaitPoint[] = [
    { method: 'shared.receive', when: 'after', nth: 1 },
    { method: 'task.write', when: 'before', nth: 1 },
    { method: 'task.write', when: 'after', nth: 1 },
    { method: 'shared.acknowledge', when: 'before', nth: 2 },
    { method: 'shared.acknowledge', when: 'after', nth: 1 },
    { method: 'store.release', when: 'before', nth: 1 },
  ];

  itSideBySide(
    (it) => {
      for (const at of points)
        it(`loses none of its messages where it is killed: ${at.when} ${at.method}`, async () => {
          const { sink, file } = await prepare();
          const { dynamodb } = await stackAddresses();
          const work = { run: { connector: sink.spec.name, task: 0 } };
          const killed = await runWorker({ table: lab.table, dynamodb, deadlineMs: WORKER_DEADLINE_MS, work, at });
          expect(killed.signal).toBe('SIGKILL');
          const now = () => Date.now() + LEASE_OVER_MS;
          await using later = new TestRuntime(createDynamodbStore({ table: lab.table, endpoint: dynamodb, now }), LEASE_OVER_MS);
          const values = async () => (await readFileSink(file)).map(({ value }) => String(value));
          await runUntil(sink, async () => new Set(await values()).size === 2 * COUNT, { runtime: later });
        });

      it('ends by itself once a run is over: no timer and no stream is left', async () => {
        const { sink } = await prepare();
        const { dynamodb } = await stackAddresses();
        const work = { run: { connector: sink.spec.name, task: 0 } };
        const { signal, outcome } = await runWorker({ table: lab.table, dynamodb, deadlineMs: WORKER_DEADLINE_MS, work });
        expect(signal).toBeNull();
        expect(outcome).toMatchObject({ outcome: 'ran', summary: { outcome: 'caught-up' } });
      });
    },
    LIMIT_MS,
    { atOnce: WAITING_AT_ONCE },
  );
});
