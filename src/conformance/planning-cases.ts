import assert from 'node:assert/strict';
import type { TaskConfig } from '../api/index.ts';
import { describeOptions } from '../config/describe.ts';
import { optionSchema } from '../config/option-schema.ts';
import { connectorFileSpec } from '../config/parse-connector-file.ts';
import type { ConformanceCase } from './conformance-case.ts';
import type { TestConnector } from './test-connector.ts';

const PARTITIONS = 5;
const CHECK_MS = 10_000;

/** Opens a connector with so many partitions for the time of `use`. */
export type WithConnector = (partitions: number, use: (connector: TestConnector) => Promise<void>) => () => Promise<void>;

/** Returns the cases about what a connector does in the planner. */
export function planningCases(withTested: WithConnector): ConformanceCase[] {
  return [
    {
      name: 'describes each of its options',
      run: withTested(1, async (tested) => {
        const options = describeOptions(optionSchema(connectorFileSpec(await tested.type())));
        const bare = options
          .filter(({ name, description }) => name.startsWith(`${tested.direction}.`) && description === '')
          .map(({ name }) => name);
        assert.deepEqual(bare, [], 'options have no description');
      }),
    },
    {
      name: 'finds nothing wrong with a configuration that is right',
      run: withTested(1, async (tested) => assert.deepEqual(await tested.withConnector((connector) => connector.check()), [])),
    },
    {
      name: 'names the option and the remedy of a configuration that is wrong, within 10 s',
      run: withTested(1, async (tested) => {
        for (const { config, option, code } of tested.wrong) {
          const began = Date.now();
          const findings = await tested.withConnector((connector) => connector.check(), config);
          assert.ok(Date.now() - began < CHECK_MS, 'check took longer than 10 s');
          const found = findings.find((finding) => finding.level === 'error');
          assert.deepEqual({ code: found?.code, option: found?.option }, { code, option });
          for (const words of [found?.message, found?.remedy])
            assert.match(words ?? '', /^[^\n]+$/, 'message and remedy are one line each');
        }
      }),
    },
    {
      name: 'puts every partition into one task, of as many as maxTasks allows',
      run: withTested(PARTITIONS, async (tested) => {
        for (const maxTasks of [1, 2, PARTITIONS, PARTITIONS + 3]) {
          const split = await tested.plan(maxTasks);
          assert.ok(split.length >= 1 && split.length <= Math.min(maxTasks, PARTITIONS), `${split.length} tasks for maxTasks ${maxTasks}`);
          assert.deepEqual(partitionsOf(split).sort(), [...tested.partitions].sort());
        }
      }),
    },
    {
      name: 'leaves partitions where they are: a plan without a change moves none, and one more task as few as it can',
      run: withTested(PARTITIONS, async (tested) => {
        const two = await tested.plan(2);
        assert.deepEqual(await tested.plan(2), two);
        const three = await tested.plan(3);
        const moved = partitionsOf(three).filter((name) => taskOf(three, name) !== taskOf(two, name));
        assert.ok(moved.length <= Math.ceil(PARTITIONS / 3), `${moved.length} partitions moved: ${moved.join(', ')}`);
      }),
    },
    {
      name: 'makes task configs that can be stored as JSON',
      run: withTested(2, async (tested) => {
        const split = await tested.plan(2);
        assert.deepEqual(JSON.parse(JSON.stringify(split)), split);
      }),
    },
  ];
}

const partitionsOf = (split: readonly TaskConfig[]): string[] => split.flatMap(({ partitions }) => partitions);

const taskOf = (split: readonly TaskConfig[], name: string): number => split.findIndex(({ partitions }) => partitions.includes(name));
