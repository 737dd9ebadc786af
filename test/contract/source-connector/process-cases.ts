import { expect, it } from '@jest/globals';
import { reportOf, runWorker, startWorker } from '../../support/crash/run-worker.ts';
import type { AddCase } from '../../support/side-by-side.ts';
import { TcpProxy } from '../../support/tcp-proxy.ts';
import type { SourceHarness } from '../harness/source-harness.ts';
import type { Copy } from './copy.ts';
import { expectComplete } from './expect-complete.ts';
import type { Workbench } from './workbench.ts';

/** A process that something keeps alive is ended then. */
const EXIT_MS = 180_000;
/** Of 200 MiB on a busy machine. */
const CASE_LIMIT_MS = 600_000;
const MIB = 1024 * 1024;
/** Less than the backlog grows by: what V8 leaves for later, not what a task needs. */
const ALLOWED_GROWTH = 128 * MIB;

/** A process holds little while it runs, and ends by itself once the task has stopped and the clients are closed. */
export function processCases(bench: () => Workbench, addCase: AddCase, { overGrpc }: SourceHarness): void {
  addCase('leaves no socket, timer or handle after a run that copied everything', async () => {
    const copy = await bench().copy({ messages: 500 });
    expect(await endOf(copy)).toMatchObject({ outcome: 'ran', summary: { outcome: 'caught-up', records: 1_000 } });
  });

  addCase('leaves no socket, timer or handle after a run that left most of it', async () => {
    const copy = await bench().prepare({ batch: { maxRecords: 10 } });
    await copy.fill(100, 50_000);
    await copy.apply();
    expect(await endOf(copy)).toMatchObject({ outcome: 'ran', summary: { outcome: 'limit', records: 10 } });
    await copy.settle();
    expect(await expectComplete(copy)).toBe(0);
  });

  addCase('leaves no socket, timer or handle after a run that failed', async () => {
    const copy = await bench().copy({ messages: 500 });
    await bench().topics.delete(copy.name);
    expect(await endOf(copy)).toMatchObject({ outcome: 'failed', summary: { error: { code: 'NOT_FOUND' } } });
  });

  // What is left to ask has nothing to do with how RocketMQ is spoken to.
  if (overGrpc !== undefined) return;

  addCase('leaves no socket, timer or handle after a run that found its source unreachable', async () => {
    const proxy = await TcpProxy.start(bench().lab.address);
    const copy = await bench().copy({ messages: 10, source: { address: proxy.address } });
    await proxy[Symbol.asyncDispose]();
    expect(await endOf(copy)).toMatchObject({ outcome: 'failed', summary: { error: { code: 'UNREACHABLE' } } });
  });

  it(
    'holds what is on the way and not the backlog, when messages are large',
    async () => {
      const copy = await bench().copy({ batch: { maxInFlightBytes: 4 * MIB } });
      const peaks: number[] = [];
      for (const count of [8, 96]) {
        await copy.fill(count, MIB);
        const { outcome, mostMemory = 0 } = await runWorker(copy.order());
        expect(outcome).toMatchObject({ outcome: 'ran', summary: { outcome: 'caught-up', records: 2 * count } });
        peaks.push(mostMemory);
      }
      const [few = 0, many = 0] = peaks;
      expect(many - few).toBeLessThan(ALLOWED_GROWTH);
    },
    CASE_LIMIT_MS,
  );

  async function endOf(copy: Copy) {
    await using worker = startWorker(copy.order());
    await worker.line(/^\{/);
    const late = setTimeout(() => worker.kill('SIGKILL'), EXIT_MS);
    const { code } = await worker.exited;
    clearTimeout(late);
    expect([code, worker.stderr]).toEqual([0, '']);
    return reportOf(worker)?.outcome;
  }
}
