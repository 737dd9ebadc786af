import { describe, expect, it } from '@jest/globals';
import { shownStatus } from '../../../src/rest/answers/states.ts';
import type { ConnectorOverview } from '../../../src/runtime/planner-api.ts';

const worker = { worker_id: 'localhost:8083', version: '0' };
const connector: ConnectorOverview = {
  name: 'c',
  type: 'words-source',
  direction: 'source',
  desired: 'RUNNING',
  state: 'RUNNING',
  generation: 1,
  planPending: false,
  revision: '1',
  file: {},
  tasks: [{ task: 0, state: 'IDLE' }],
};

describe('a status of Kafka Connect', () => {
  it('is RUNNING without a word where all is well', () => {
    expect(shownStatus(connector, worker).connector).toEqual({ state: 'RUNNING', ...worker });
  });

  it('says why a connector is stalled, though no task has failed', () => {
    const reason = 'task 0 has copied nothing since 2030-12-24T18:00:00.000Z, and 5 records are left';
    const shown = shownStatus({ ...connector, state: 'STALLED', reason }, worker);
    expect(shown.connector).toEqual({ state: 'RUNNING', ...worker, trace: reason });
    expect(shown.tasks).toEqual([{ id: 0, state: 'RUNNING', ...worker }]);
  });
});
