import assert from 'node:assert/strict';
import type { TaskConfig } from '../api/index.ts';
import { describeOptions } from '../config/describe.ts';
import { optionSchema } from '../config/option-schema.ts';
import { connectorFileSpec } from '../config/parse-connector-file.ts';
import type { ConformanceCase } from './conformance-case.ts';
import type { SourceHarness } from './source-harness.ts';
import { TestCopy } from './test-copy.ts';

const PARTITIONS = 5;
const CHECK_MS = 10_000;

/** What a connector must do in the planner. */
export function planningCases(harness: SourceHarness): ConformanceCase[] {
  const withCopy = (partitions: number, use: (copy: TestCopy) => Promise<void>) => () => TestCopy.with(harness, partitions, use);
  return [
    {
      name: 'describes each of its options',
      run: withCopy(1, async (copy) => {
        const options = describeOptions(optionSchema(connectorFileSpec(await copy.type())));
        const bare = options.filter(({ name, description }) => name.startsWith('source.') && description === '').map(({ name }) => name);
        assert.deepEqual(bare, [], 'options have no description');
      }),
    },
    {
      name: 'finds nothing wrong with a configuration that is right',
      run: withCopy(1, async (copy) => assert.deepEqual(await copy.withConnector((connector) => connector.check()), [])),
    },
    {
      name: 'names the option and the remedy of a configuration that is wrong, within 10 s',
      run: withCopy(1, async (copy) => {
        for (const { config, option, code } of copy.source.wrong) {
          const began = Date.now();
          const findings = await copy.withConnector((connector) => connector.check(), config);
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
      run: withCopy(PARTITIONS, async (copy) => {
        for (const maxTasks of [1, 2, PARTITIONS, PARTITIONS + 3]) {
          const split = await copy.plan(maxTasks);
          assert.ok(split.length >= 1 && split.length <= Math.min(maxTasks, PARTITIONS), `${split.length} tasks for maxTasks ${maxTasks}`);
          assert.deepEqual(partitionsOf(split).sort(), [...copy.source.partitions].sort());
        }
      }),
    },
    {
      name: 'leaves partitions where they are: a plan without a change moves none, and one more task as few as it can',
      run: withCopy(PARTITIONS, async (copy) => {
        const two = await copy.plan(2);
        assert.deepEqual(await copy.plan(2), two);
        const three = await copy.plan(3);
        const moved = partitionsOf(three).filter((name) => taskOf(three, name) !== taskOf(two, name));
        assert.ok(moved.length <= Math.ceil(PARTITIONS / 3), `${moved.length} partitions moved: ${moved.join(', ')}`);
      }),
    },
    {
      name: 'makes task configs that can be stored as JSON',
      run: withCopy(2, async (copy) => {
        const split = await copy.plan(2);
        assert.deepEqual(JSON.parse(JSON.stringify(split)), split);
      }),
    },
  ];
}

const partitionsOf = (split: readonly TaskConfig[]): string[] => split.flatMap(({ partitions }) => partitions);

const taskOf = (split: readonly TaskConfig[], name: string): number => split.findIndex(({ partitions }) => partitions.includes(name));
