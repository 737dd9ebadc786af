import { describe, expect, it } from '@jest/globals';
import { adoptSchedules } from '../../../src/cli/shared/adopt-schedules.ts';
import { createOutput } from '../../../src/cli/terminal/output.ts';
import type { ConnectorItem } from '../../../src/store/store.ts';
import { connectorSpec } from '../../support/specs.ts';

const unchanged = { created: 0, changed: 0, deleted: 0, kept: 1 };
const item: ConnectorItem = {
  ...{ name: 'c', spec: connectorSpec({ name: 'c' }), desired: 'RUNNING', desiredAt: 1, generation: 1, lastGeneration: 1, tasks: 2 },
};

describe('a process that runs what others plan', () => {
  it('starts the tasks of a connector that somebody resumed or restarted elsewhere, once, also without a schedule', async () => {
    let connector = item;
    const fired: string[] = [];
    const trigger = {
      fire: async (tasks: ReadonlyArray<{ readonly connector: string; readonly task: number }>) =>
        void fired.push(...tasks.map(({ connector, task }) => `${connector}/${task}`)),
      sync: async () => unchanged,
      hasten: async () => {},
      close: async () => {},
    };
    const adopt = adoptSchedules({ trigger, connectors: async () => [connector] }, createOutput({ json: true }));
    await adopt();
    expect(fired).toEqual([]);
    connector = { ...item, desiredAt: 2 };
    await adopt();
    await adopt();
    expect(fired).toEqual(['c/0', 'c/1']);
    connector = { ...item, desired: 'PAUSED', desiredAt: 3 };
    await adopt();
    expect(fired).toHaveLength(2);
  });
});
