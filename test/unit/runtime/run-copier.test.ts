import { describe, expect, it } from '@jest/globals';
import { ConnectError, type Lag, silentLogger } from '../../../src/api/index.ts';
import type { TaskDeps } from '../../../src/runtime/run/contracts.ts';
import type { Copier, Run } from '../../../src/runtime/run/run.ts';
import { runCopier } from '../../../src/runtime/run/run-copier.ts';
import type { TaskItem } from '../../../src/store/store.ts';
import { connectorSpec, idleTask, plannedTask } from '../../support/specs.ts';

const lease = { connector: 'orders', task: 0, epoch: 1, owner: 'test', until: 0 };
const deps = { logger: silentLogger, resolveSecrets: async <T>(value: T) => value } as unknown as TaskDeps;

interface RunOptions {
  readonly item?: Partial<TaskItem>;
  readonly spec?: ReturnType<typeof connectorSpec>;
  readonly signal?: AbortSignal;
}

/** Runs a copier that does as scripted, for a task with the partitions `p` and `q`. */
async function run(
  script: (run: Run) => Partial<Copier>,
  { item = {}, spec = connectorSpec(), signal = new AbortController().signal }: RunOptions = {},
) {
  const calls: string[] = [];
  const noted =
    <T>(name: string, result: () => T) =>
    () => {
      calls.push(name);
      return result();
    };
  const report = await runCopier(
    (made) => {
      const scripted = script(made);
      return {
        copied: scripted.copied ?? { records: 0, bytes: 0, deadLetters: 0 },
        copy: noted('copy', scripted.copy ?? (async () => 'caught-up' as const)),
        lag: noted('lag', scripted.lag ?? (async () => ({}))),
        close: noted('close', async () => {}),
        wearsOut: scripted.wearsOut ?? (() => false),
      };
    },
    { item: idleTask({ planned: plannedTask(['p', 'q'], spec), ...item }), lease, spec },
    deps,
    { deadline: Date.now() + 60_000, owner: 'test', signal },
  );
  return { report, calls };
}

const standing = { partition: 'p', place: 'p@7', code: 'RECORD_REFUSED', message: 'damaged', retriable: false };

describe('a run, in either direction', () => {
  it('reports what its copier copied, what is left, and what a person should know, and closes it', async () => {
    const { report, calls } = await run(({ tracker, notices }) => ({
      copied: { records: 2, bytes: 20, deadLetters: 1 },
      copy: async () => {
        tracker.skipTo('p', '2');
        notices.add('one partition is new');
        return 'limit';
      },
      lag: async () => ({ records: 7 }),
    }));
    expect(calls).toEqual(['copy', 'lag', 'close']);
    expect(report.summary).toMatchObject({ outcome: 'limit', records: 2, bytes: 20, deadLetters: 1, lagRecords: 7 });
    expect(report.summary.notices).toEqual(['one partition is new']);
    expect([...report.positions]).toEqual([['p', '2']]);
    expect(report.failure).toBeUndefined();
  });

  const lags: ReadonlyArray<readonly [Lag, string]> = [
    [{}, 'caught-up'],
    [{ waitsFor: 'other tasks' }, 'waiting'],
    [{ unknown: 'the end is not shown' }, 'quiet'],
  ];
  it.each(lags)('that has read all says whether that is the end: lag %j, outcome %s', async (lag, outcome) => {
    expect((await run(() => ({ lag: async () => lag }))).report.summary.outcome).toBe(outcome);
  });

  it('ends well where only its lag can not be found out', async () => {
    const { report } = await run(() => ({ lag: () => Promise.reject(new Error('no answer')) }));
    expect(report.summary).toMatchObject({ outcome: 'caught-up' });
  });

  it('fails with what its copier throws, and closes it all the same', async () => {
    const gone = new ConnectError('UNREACHABLE', 'gone', { retriable: true });
    const { report, calls } = await run(() => ({ copy: () => Promise.reject(gone) }));
    expect(calls).toEqual(['copy', 'close']);
    expect(report).toMatchObject({
      summary: { outcome: 'failed', error: { code: 'UNREACHABLE', message: 'gone' } },
      failure: { code: 'UNREACHABLE', count: 1, fatal: false },
    });
  });

  it('that was asked to stop is interrupted, and no failure', async () => {
    const stop = new AbortController();
    const interrupted = new ConnectError('INTERRUPTED', 'stopped', { retriable: true });
    const copy = () => {
      stop.abort();
      return Promise.reject(interrupted);
    };
    const { report } = await run(() => ({ copy }), { signal: stop.signal });
    expect(report.summary.outcome).toBe('interrupted');
    expect(report.failure).toBeUndefined();
  });

  it('whose time is over fails where nothing was copied, and otherwise goes on in the next one', async () => {
    const untilAborted = ({ signal }: Run) => new Promise<'aborted'>((end) => signal.addEventListener('abort', () => end('aborted')));
    const spec = connectorSpec({ batch: { ...connectorSpec().batch, maxDurationMs: 10 } });
    const idle = await run((made) => ({ copy: () => untilAborted(made) }), { spec });
    expect(idle.report.failure).toMatchObject({ code: 'TIMEOUT', fatal: false });
    const copied = { records: 1, bytes: 1, deadLetters: 0 };
    const busy = await run((made) => ({ copy: () => untilAborted(made), copied }), { spec });
    expect(busy.report.summary.outcome).toBe('deadline');
    expect(busy.report.failure).toBeUndefined();
  });

  it('does not give its copier partitions that stand still, and leaves them so', async () => {
    const given: Array<readonly string[]> = [];
    const { report } = await run(
      ({ planned }) => ({
        copy: async () => {
          given.push(planned.taskConfig.partitions);
          return 'caught-up';
        },
      }),
      { item: { standing: [standing] } },
    );
    expect(given).toEqual([['q']]);
    expect(report.standing).toMatchObject([{ partition: 'p', place: 'p@7' }]);
    expect(report.summary.stopped).toMatchObject([{ partition: 'p' }]);
  });

  it('starts no copier, and fails by name, where every partition stands still', async () => {
    const { report, calls } = await run(() => ({}), { item: { standing: [standing, { ...standing, partition: 'q', place: 'q@1' }] } });
    expect(calls).toEqual(['close']);
    expect(report.summary.outcome).toBe('failed');
    expect(report.failure).toMatchObject({ code: 'RECORD_REFUSED', fatal: true });
  });
});
