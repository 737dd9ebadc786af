import { expect, it } from '@jest/globals';
import { reportOf, startWorker } from '../../support/crash/run-worker.ts';
import { TcpProxy } from '../../support/tcp-proxy.ts';
import type { Copy } from './copy.ts';
import { expectComplete } from './expect-complete.ts';
import type { Workbench } from './workbench.ts';

const EXIT_MS = 5_000;

/** A process ends by itself once the task has stopped and the clients are closed: no socket, timer or handle is left. */
export function processCases(bench: () => Workbench): void {
  it('leaves no socket, timer or handle after a run that copied everything', async () => {
    const copy = await bench().copy({ messages: 500 });
    expect(await endOf(copy)).toMatchObject({ outcome: 'ran', summary: { outcome: 'caught-up', records: 1_000 } });
  });

  it('leaves no socket, timer or handle after a run that left most of it', async () => {
    const copy = await bench().prepare({ batch: { maxRecords: 10 } });
    await copy.fill(100, 50_000);
    await copy.apply();
    expect(await endOf(copy)).toMatchObject({ outcome: 'ran', summary: { outcome: 'limit', records: 10 } });
    await copy.settle();
    expect(await expectComplete(copy)).toBe(0);
  });

  it('leaves no socket, timer or handle after a run that failed', async () => {
    const copy = await bench().copy({ messages: 500 });
    await bench().admin.deleteTopic(copy.name);
    expect(await endOf(copy)).toMatchObject({ outcome: 'failed', summary: { error: { code: 'NOT_FOUND' } } });
  });

  it('leaves no socket, timer or handle after a run that found its source unreachable', async () => {
    const proxy = await TcpProxy.start(bench().lab.address);
    const copy = await bench().copy({ messages: 10, source: { address: proxy.address } });
    await proxy[Symbol.asyncDispose]();
    expect(await endOf(copy)).toMatchObject({ outcome: 'failed', summary: { error: { code: 'UNREACHABLE' } } });
  });

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
