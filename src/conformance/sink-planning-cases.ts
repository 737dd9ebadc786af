import assert from 'node:assert/strict';
import { describeOptions } from '../config/describe.ts';
import { optionSchema } from '../config/option-schema.ts';
import { connectorFileSpec } from '../config/parse-connector-file.ts';
import type { ConformanceCase } from './conformance-case.ts';
import type { SinkHarness } from './sink-harness.ts';
import { TestSink } from './test-sink.ts';

const QUEUES = 5;
const CHECK_MS = 10_000;

/** What the connector of a sink must do in the planner. */
export function sinkPlanningCases(harness: SinkHarness): ConformanceCase[] {
  const withSink = (queues: number, use: (sink: TestSink) => Promise<void>) => () => TestSink.with(harness, queues, use);
  return [
    {
      name: 'describes each of its options',
      run: withSink(1, async (sink) => {
        const options = describeOptions(optionSchema(connectorFileSpec(await sink.type())));
        const bare = options.filter(({ name, description }) => name.startsWith('sink.') && description === '').map(({ name }) => name);
        assert.deepEqual(bare, [], 'options have no description');
      }),
    },
    {
      name: 'finds nothing wrong with a configuration that is right',
      run: withSink(1, async (sink) => assert.deepEqual(await sink.withConnector((connector) => connector.check()), [])),
    },
    {
      name: 'names the option and the remedy of a configuration that is wrong, within 10 s',
      run: withSink(1, async (sink) => {
        for (const { config, option, code } of sink.target.wrong) {
          const began = Date.now();
          const findings = await sink.withConnector((connector) => connector.check(), config);
          assert.ok(Date.now() - began < CHECK_MS, 'check took longer than 10 s');
          const found = findings.find((finding) => finding.level === 'error');
          assert.deepEqual({ code: found?.code, option: found?.option }, { code, option });
          for (const words of [found?.message, found?.remedy])
            assert.match(words ?? '', /^[^\n]+$/, 'message and remedy are one line each');
        }
      }),
    },
    {
      name: 'puts every queue into one task, of as many as maxTasks allows, and moves none without need',
      run: withSink(QUEUES, async (sink) => {
        for (const maxTasks of [1, 2, QUEUES, QUEUES + 3]) {
          const split = await sink.plan(maxTasks);
          assert.ok(split.length >= 1 && split.length <= Math.min(maxTasks, QUEUES), `${split.length} tasks for maxTasks ${maxTasks}`);
          assert.deepEqual(split.flatMap(({ partitions }) => partitions).sort(), [...sink.queues.names].sort());
          assert.deepEqual(JSON.parse(JSON.stringify(split)), split, 'task configs can be stored as JSON');
          assert.deepEqual(await sink.plan(maxTasks), split);
        }
      }),
    },
  ];
}
