import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { uniqueName } from '../../support/names.ts';
import { Workbench } from './workbench.ts';

const NOWHERE = '127.0.0.1:1';
/** The limit of a case that calls the command several times, on a busy machine. */
const LONG_MS = 300_000;

describe('with --json, standard output is JSON', () => {
  let bench: Workbench;
  beforeAll(async () => {
    bench = await Workbench.open();
  });
  afterAll(() => bench.close());

  const json = async (...args: string[]) => {
    const { code, stdout } = await bench.run([...args, '--json']);
    return { code, ...JSON.parse(stdout) };
  };

  it.each<[string, number, string, string[]]>([
    ['an option that is none', 2, 'CONFIG_INVALID', ['list', '--colour']],
    ['a number out of its bounds', 2, 'CONFIG_INVALID', ['runs', 'flights', '--limit', '0']],
    ['a type that is none', 2, 'CONFIG_INVALID', ['describe', 'kafka-sorce']],
    ['a file that is not there', 2, 'CONFIG_INVALID', ['validate', 'nowhere.yml']],
    ['a question without a terminal', 2, 'CONFIG_INVALID', ['delete', 'flights']],
    ['a connector that is none', 1, 'NOT_FOUND', ['status', 'flights']],
    ['no name at all', 2, 'CONFIG_INVALID', ['status', '']],
  ])('where there is %s', async (_, exit, word, args) => {
    expect(await json(...args)).toEqual({
      code: exit,
      error: expect.objectContaining({ code: word, message: expect.any(String), remedy: expect.any(String), retriable: false }),
    });
  });

  it(
    'where several connectors are named, with each error and what was done',
    async () => {
      const [from, to] = await Promise.all([bench.kafkaTopic(1), bench.rocketmqTopic()]);
      const name = uniqueName('one');
      await bench.run(['apply', await bench.file(`${name}.yml`, bench.connectorFile({ name, from, to }))]);
      expect(await json('pause', 'absent', name, 'gone')).toEqual({
        code: 1,
        error: expect.objectContaining({ code: 'NOT_FOUND', connector: 'absent' }),
        others: [expect.objectContaining({ code: 'NOT_FOUND', connector: 'gone' })],
        results: [expect.objectContaining({ name, desired: 'PAUSED' })],
      });
      expect(await json('run', name)).toEqual({ code: 1, error: expect.objectContaining({ code: 'WRONG_STATE' }), results: [] });
      expect(JSON.parse((await bench.run(['delete', name, '--yes', '--json'])).stdout)).toEqual([{ name }]);
    },
    LONG_MS,
  );

  it('where a file is wrong, with every finding and its place', async () => {
    const file = await bench.file('wrong.yml', bench.connectorFile({ name: 'wrong', from: 'a', to: 'b' }).replace('topics', 'topcis'));
    expect(await json('apply', file)).toEqual({
      code: 2,
      error: expect.objectContaining({
        connector: 'wrong',
        place: `${file}:6:3`,
        findings: [expect.objectContaining({ option: 'source.topcis', place: `${file}:6:3` })],
      }),
      results: [],
    });
  });

  it(
    'where a run fails, with a row for each task',
    async () => {
      const [from, to] = await Promise.all([bench.kafkaTopic(1), bench.rocketmqTopic()]);
      await bench.produce(from, 10, 1);
      const name = uniqueName('fails');
      const content = bench.connectorFile({ name, from, to }).replace(bench.addresses.rocketmqNamesrv, '${env:ROCKETMQ}');
      const file = await bench.file(`${name}.yml`, content);
      const run = async (rocketmq: string, ...args: string[]) => bench.run(args, { env: { ROCKETMQ: rocketmq } });
      expect(await run(bench.addresses.rocketmqNamesrv, 'apply', file)).toMatchObject({ code: 0 });
      const { code, stdout } = await run(NOWHERE, 'run', name, '--json');
      expect(JSON.parse(stdout)).toMatchObject({
        error: { code: 'UNREACHABLE', connector: name, task: 0, retriable: true, remedy: expect.stringContaining('at once') },
        results: [{ task: 0, outcome: 'failed', records: 0 }],
      });
      expect(code).toBe(1);
      // It waits after its failure, but not for a person.
      expect(JSON.parse((await run(bench.addresses.rocketmqNamesrv, 'run', name, '--json')).stdout)).toMatchObject([
        { task: 0, outcome: 'caught-up', records: 10 },
      ]);
    },
    LONG_MS,
  );
});
