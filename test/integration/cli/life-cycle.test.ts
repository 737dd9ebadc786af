import { afterAll, beforeAll, describe, expect } from '@jest/globals';
import { uniqueName } from '../../support/names.ts';
import { itSideBySide } from '../../support/side-by-side.ts';
import { Workbench } from './workbench.ts';

/** Of all cases together: each starts the command, most of them several times, and other tests share the cores. */
const LIMIT_MS = 600_000;

const PARTITIONS = 4;
const RECORDS = 1_000;

describe('a connector, in one shell', () => {
  let bench: Workbench;
  beforeAll(async () => {
    bench = await Workbench.open();
  });
  afterAll(() => bench.close());

  /** Returns standard output of a command that must end well. */
  const ok = async (...args: string[]): Promise<string> => {
    const finished = await bench.run(args);
    if (finished.code !== 0) throw new Error(`${args.join(' ')} ended with ${finished.code}: ${finished.stderr}`);
    return finished.stdout;
  };
  const json = async (...args: string[]) => JSON.parse(await ok(...args, '--json'));

  /** Makes topics of its own, fills them, and returns a valid file about them. */
  const prepared = async () => {
    const name = uniqueName('flights');
    const [from, to] = await Promise.all([bench.kafkaTopic(PARTITIONS), bench.rocketmqTopic()]);
    await bench.produce(from, RECORDS, PARTITIONS);
    const edit = (maxTasks: number) => bench.file(`${name}.yml`, bench.connectorFile({ name, from, to, maxTasks }));
    return { name, from, to, file: await edit(2), edit };
  };
  const applied = async () => {
    const connector = await prepared();
    await ok('apply', connector.file);
    return connector;
  };

  itSideBySide((it) => {
    it('is not there before it is applied', async () => {
      const { name, file } = await prepared();
      await ok('plan', file);
      expect((await json('list')).map((connector: { name: string }) => connector.name)).not.toContain(name);
      expect(await bench.run(['status', name])).toMatchObject({
        code: 1,
        stderr: expect.stringMatching(`^NOT_FOUND: no connector ${name}; `),
      });
    });

    it('is validated, without and with reaching the systems', async () => {
      const { name, file } = await prepared();
      expect(await ok('validate', file)).toBe(`${file}: connector ${name} is valid\n`);
      expect(await ok('validate', '--reach', file)).toBe(`${file}: connector ${name} is valid, and both ends answer\n`);
      expect(await json('validate', file)).toEqual([{ file, connector: name, findings: [] }]);
    });

    it('is planned, applied, and then there is nothing to change', async () => {
      const { name, from, file } = await prepared();
      const plan = [
        `${name}: 2 create, 0 change, 0 delete, 0 keep; 0 partitions move`,
        `  + task 0  ${from}-0 ${from}-2`,
        `  + task 1  ${from}-1 ${from}-3`,
        `  it has no trigger.schedule and no trigger.freshness: only \`rocketmq-connect run ${name}\` or an event starts it`,
        '',
      ].join('\n');
      expect(await ok('plan', file)).toBe(plan);
      expect(await ok('apply', file)).toBe(plan);
      expect(await ok('apply', file)).toBe(
        `${name}: nothing changes, 0 create, 0 change, 0 delete, 2 keep; 0 partitions move\n  it has no trigger.schedule and no trigger.freshness: only \`rocketmq-connect run ${name}\` or an event starts it\n`,
      );
      expect(await ok('list')).toMatch(new RegExp(`^${name} +kafka-source +RUNNING +2 +no schedule: .*$`, 'm'));
      expect(await ok('status', name)).toMatch(
        new RegExp(
          `^${name}  kafka-source  RUNNING  generation 1  no schedule: only .run. or an event starts it\nTASK .*\n0 +IDLE +${from}-0 - +- +- +never`,
        ),
      );
    });

    it('prints the file in force, which changes nothing when it is applied', async () => {
      const { name, file } = await prepared();
      await ok('apply', file);
      const printed = await bench.file(`${name}-in-force.yml`, await ok('config', name));
      expect(await ok('plan', printed)).toContain(`${name}: nothing changes`);
      expect(await json('config', name)).toMatchObject({ connector: name, generation: 1, file: { name, type: 'kafka-source' } });
    });

    it('is stopped, restarted and resumed by name or by a pattern of names', async () => {
      const { name } = await applied();
      expect(await ok('stop', `${name}*`)).toBe(`${name}: STOPPED\n`);
      expect(await ok('list')).toMatch(new RegExp(`^${name} +kafka-source +STOPPED`, 'm'));
      expect(await bench.run(['restart', name])).toMatchObject({
        code: 1,
        stderr: expect.stringContaining(`connector ${name} is STOPPED`),
      });
      expect(await ok('resume', `${name}*`)).toBe(`${name}: RUNNING\n`);
      expect(await ok('restart', name, '--task', '1')).toBe(`${name}: restarted task 1\n`);
      expect(await ok('restart', name, '--only-failed')).toBe(`${name}: no task has failed\n`);
    });

    it('copies everything, and then costs three DynamoDB requests a task, as a new process reads the spec', async () => {
      const { name, from, to } = await applied();
      expect(await json('run', name, '--until-caught-up')).toMatchObject([
        { task: 0, outcome: 'caught-up', records: RECORDS / 2 },
        { task: 1, outcome: 'caught-up', records: RECORDS / 2 },
      ]);
      expect(await bench.arrived(to)).toBe(RECORDS);
      // On a busy machine a request may come twice, or the command may renew the lease.
      const idle: Array<Array<{ readonly dynamodbRequests: number }>> = [];
      const leastOf = (task: number) => Math.min(...idle.map((tasks) => tasks[task]?.dynamodbRequests ?? 0));
      while (idle.length < 10 && [0, 1].some((task) => leastOf(task) !== 3)) idle.push(await json('run', name, '--until-caught-up'));
      for (const task of [0, 1]) {
        const expected = expect.objectContaining({ task, invocations: 1, records: 0 });
        expect(idle.map((tasks) => tasks[task])).toEqual(idle.map(() => expected));
        expect(leastOf(task)).toBe(3);
      }
      expect((await json('status', name))[0]).toMatchObject({
        name,
        desired: 'RUNNING',
        taskStatus: [
          { task: 0, state: 'IDLE', positions: { [`${from}-0`]: '250', [`${from}-2`]: '250' }, lastRun: { lagRecords: 0 } },
          { task: 1, state: 'IDLE', positions: { [`${from}-1`]: '250', [`${from}-3`]: '250' } },
        ],
      });
    });

    it('runs one task alone, and lists its runs, newest first, without those that had nothing to copy', async () => {
      const { name, to } = await applied();
      expect(await json('runs', name)).toEqual([]);
      expect(await json('run', name, '--task', '1')).toMatchObject([{ task: 1, records: RECORDS / 2 }]);
      expect(await bench.arrived(to)).toBe(RECORDS / 2);
      await json('run', name, '--task', '0');
      await json('run', name);
      expect(await json('runs', name)).toMatchObject([
        { task: 0, outcome: 'caught-up', records: RECORDS / 2 },
        { task: 1, outcome: 'caught-up', records: RECORDS / 2 },
      ]);
      expect(await json('runs', name, '--limit', '1')).toHaveLength(1);
      expect(await ok('runs', name)).toMatch(
        /^ENDED +TASK +STARTED BY +OUTCOME .*\n\d{4}-\S+Z +0 +person +caught-up +500 .*\n\d{4}-\S+Z +1 +person +caught-up +500 /,
      );
      expect(await bench.run(['runs', 'nobody'])).toMatchObject({
        code: 1,
        stderr: expect.stringMatching(/^NOT_FOUND: no connector nobody; /),
      });
      expect((await bench.run(['runs', name.slice(0, -1)])).stderr).toBe(
        `NOT_FOUND: no connector ${name.slice(0, -1)}; did you mean ${name}?\n`,
      );
    });

    it('does not run while it is paused', async () => {
      const { name, to } = await applied();
      expect(await ok('pause', name)).toBe(`${name}: PAUSED\n`);
      expect(await bench.run(['run', name])).toEqual({
        code: 1,
        stdout: '',
        stderr: `WRONG_STATE: connector ${name} is PAUSED; end that by \`rocketmq-connect resume ${name}\`\n`,
      });
      expect(await bench.arrived(to)).toBe(0);
      expect(await ok('resume', name)).toBe(`${name}: RUNNING\n`);
      await ok('run', name, '--until-caught-up');
      expect(await bench.arrived(to)).toBe(RECORDS);
    });

    it('keeps its positions when its file changes', async () => {
      const { name, from, to, file, edit } = await applied();
      await ok('run', name, '--until-caught-up');
      await bench.produce(from, PARTITIONS, PARTITIONS);
      await edit(4);
      expect((await ok('apply', file)).split('\n')[0]).toBe(`${name}: 2 create, 2 change, 0 delete, 0 keep; 2 partitions move`);
      await ok('run', name, '--until-caught-up');
      expect(await bench.arrived(to)).toBe(RECORDS + PARTITIONS);
    });

    it('finds new partitions when it is planned again', async () => {
      const { name, from } = await applied();
      await bench.kafka.addPartitions(from, PARTITIONS + 1);
      expect((await ok('replan', name)).split('\n')).toEqual([
        `${name}: 0 create, 1 change, 0 delete, 1 keep; 0 partitions move`,
        expect.stringMatching(`  ~ task . {2}\\+${from}-4`),
        expect.stringContaining('no trigger.schedule'),
        '',
      ]);
    });

    it('has no tables of which a snapshot could be taken', async () => {
      const { name } = await applied();
      expect(await bench.run(['snapshot', name, '--tables', 'shop.orders'])).toEqual({
        code: 2,
        stdout: '',
        stderr: `CONFIG_INVALID: connector ${name} is a kafka-source, which has no tables to read again; name a connector that copies tables\n`,
      });
    });

    it('is deleted only when that is confirmed', async () => {
      const { name } = await applied();
      expect(await bench.run(['delete', name])).toEqual({
        code: 2,
        stdout: '',
        stderr: 'CONFIG_INVALID: delete asks for confirmation, and there is no terminal; pass --yes\n',
      });
      expect(await ok('delete', name, '--yes')).toBe(`${name}: deleted\n`);
      expect(await bench.run(['status', name])).toMatchObject({ code: 1 });
    });
  }, LIMIT_MS);
});
