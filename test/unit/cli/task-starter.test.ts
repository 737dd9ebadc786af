import { describe, expect, it } from '@jest/globals';
import { silentLogger } from '../../../src/api/index.ts';
import { TaskStarter } from '../../../src/cli/shared/task-starter.ts';
import type { RunTasksOptions } from '../../../src/cli/target/target.ts';
import type { PlannerRequest, PlannerResponse } from '../../../src/runtime/planner-api.ts';

/** A place where a connector of two tasks runs until the test ends it. */
class Place {
  readonly asked: PlannerRequest[] = [];
  readonly runs: RunTasksOptions[] = [];
  readonly detached: boolean;
  readonly ends: PromiseWithResolvers<never[]>[] = [];
  answer: PlannerResponse = { ok: true, result: { started: 2 } };

  constructor(detached: boolean) {
    this.detached = detached;
  }

  readonly planner = {
    handle: async (request: PlannerRequest) => {
      this.asked.push(request);
      return this.answer;
    },
  };

  runTasks(run: RunTasksOptions) {
    this.runs.push(run);
    const end = Promise.withResolvers<never[]>();
    this.ends.push(end);
    run.signal.addEventListener('abort', () => end.resolve([]));
    return end.promise;
  }
}

describe('tasks that the console starts', () => {
  it('run in functions where there are some', async () => {
    const place = new Place(true);
    expect(await new TaskStarter(place, silentLogger).start('c')).toEqual({ started: 2, running: 0 });
    expect(place.asked).toEqual([{ action: 'run', connector: 'c', byHand: true }]);
    expect(place.runs).toEqual([]);
  });

  it('run in this process elsewhere, each once at a time, until the process ends', async () => {
    const place = new Place(false);
    const starter = new TaskStarter(place, silentLogger);
    const two = { started: 2, running: 0 };
    expect([await starter.start('c'), await starter.start('d'), await starter.start('c')]).toEqual([two, two, { started: 0, running: 2 }]);
    expect(place.runs.map(({ connector, tasks, once }) => ({ connector, tasks, once }))).toEqual([
      { connector: 'c', tasks: [0], once: false },
      { connector: 'c', tasks: [1], once: false },
      { connector: 'd', tasks: [0], once: false },
      { connector: 'd', tasks: [1], once: false },
    ]);
    await starter.close();
    expect(place.runs.map(({ signal }) => signal.aborted)).toEqual([true, true, true, true]);
  });

  it('can be started again once they have caught up, while others still copy', async () => {
    const place = new Place(false);
    const starter = new TaskStarter(place, silentLogger);
    await starter.start('c');
    place.ends[0]?.resolve([]);
    await new Promise(setImmediate);
    expect(await starter.start('c')).toEqual({ started: 1, running: 1 });
    expect(place.runs.map(({ tasks }) => tasks)).toEqual([[0], [1], [0]]);
    await starter.close();
  });

  it('can be started again after a run that could not be made', async () => {
    const place = new Place(false);
    const starter = new TaskStarter(place, silentLogger);
    await starter.start('c');
    place.ends[0]?.reject(new Error('the table is away'));
    await place.ends[0]?.promise.catch(() => undefined);
    await new Promise(setImmediate);
    expect(await starter.start('c')).toEqual({ started: 1, running: 1 });
    expect(place.runs).toHaveLength(3);
    await starter.close();
  });

  it('do not run where the planner refuses', async () => {
    const place = new Place(false);
    place.answer = { ok: false, error: { code: 'WRONG_STATE', message: 'c is paused', remedy: 'resume it', retriable: false } };
    await expect(new TaskStarter(place, silentLogger).start('c')).rejects.toMatchObject({ status: 400, message: 'c is paused; resume it' });
    expect(place.runs).toEqual([]);
  });
});
