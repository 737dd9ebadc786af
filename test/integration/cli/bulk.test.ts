import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { uniqueName } from '../../support/names.ts';
import { Workbench } from './workbench.ts';

// Each case starts the command several times, and other tests share the cores.
jest.setTimeout(900_000);

describe('a command over many connectors', () => {
  let bench: Workbench;
  const prefix = uniqueName('bulk');
  const names = Array.from({ length: 11 }, (_, n) => `${prefix}-${String(n).padStart(2, '0')}`);
  beforeAll(async () => {
    bench = await Workbench.open();
    const [from, to] = await Promise.all([bench.kafkaTopic(1), bench.rocketmqTopic()]);
    const files = await Promise.all(names.map((name) => bench.file(`${name}.yml`, bench.connectorFile({ name, from, to, maxTasks: 1 }))));
    expect((await bench.run(['apply', ...files])).code).toBe(0);
  });
  afterAll(() => bench?.close());

  const json = async (...args: string[]) => {
    const { code, stdout } = await bench.run([...args, '--json']);
    return { code, answer: JSON.parse(stdout) };
  };

  it('asks above ten of them, unless it is told not to', async () => {
    const commands = ['pause', 'resume', 'stop', 'restart', 'replan', 'run'];
    const said = await Promise.all(commands.map((command) => bench.run([command, `${prefix}-*`])));
    expect(said).toEqual(
      commands.map((command) => ({
        code: 2,
        stdout: '',
        stderr: `CONFIG_INVALID: ${command} of 11 connectors asks for confirmation, and there is no terminal; pass --yes\n`,
      })),
    );
    expect((await json('list')).answer.every(({ state }: { state: string }) => state === 'RUNNING')).toBe(true);
    expect((await bench.run(['pause', `${prefix}-*`, '--yes'])).stdout).toBe(names.map((name) => `${name}: PAUSED\n`).join(''));
    const { answer } = await json('resume', `${prefix}-*`, '--yes');
    expect(answer.map(({ name, desired }: { name: string; desired: string }) => [name, desired])).toEqual(
      names.map((name) => [name, 'RUNNING']),
    );
  });

  it('has a result for each, and one that fails does not keep the others from their turn', async () => {
    const [first, second, third] = names as [string, string, string];
    expect((await bench.run(['pause', second])).code).toBe(0);
    const { code, answer } = await json('run', first, second, 'nothing', third);
    expect(code).toBe(1);
    expect(answer).toMatchObject({
      error: { code: 'WRONG_STATE', connector: second },
      others: [{ code: 'NOT_FOUND', connector: 'nothing' }],
    });
    expect(answer.results).toMatchObject([
      { connector: first, task: 0, outcome: 'caught-up' },
      { connector: third, task: 0, outcome: 'caught-up' },
    ]);
    const replanned = await json('replan', first, 'nothing', third);
    expect(replanned).toMatchObject({ code: 1, answer: { results: [{ connector: first }, { connector: third }] } });
    expect((await json('list', '--state', 'paused')).answer).toMatchObject([{ name: second }]);
    expect((await json('list')).answer.at(-1)).toMatchObject({ name: second });
    expect(await bench.run(['list', '--state', 'failed'])).toMatchObject({
      code: 0,
      stdout: '',
      stderr: 'no connector is in that state\n',
    });

    const deleted = await json('delete', `${prefix}-0*`, 'nothing', '--yes');
    expect(deleted).toMatchObject({
      code: 1,
      answer: { error: { code: 'NOT_FOUND' }, results: names.slice(0, 10).map((name) => ({ name })) },
    });
    expect((await json('list')).answer).toMatchObject([{ name: names[10] }]);
  });
});
