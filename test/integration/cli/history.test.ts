import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { localUser } from '../../../src/cli/target/local-user.ts';
import { uniqueName } from '../../support/names.ts';
import { Workbench } from './workbench.ts';

// Each case starts the command several times, and other tests share the cores.
jest.setTimeout(900_000);

describe('history and rollback', () => {
  let bench: Workbench;
  const name = uniqueName('history');
  beforeAll(async () => {
    bench = await Workbench.open();
    const [from, to] = await Promise.all([bench.kafkaTopic(2), bench.rocketmqTopic()]);
    for (const maxTasks of [1, 2]) {
      const file = await bench.file('history.yml', bench.connectorFile({ name, from, to, maxTasks }));
      expect((await bench.run(['apply', file])).code).toBe(0);
    }
  });
  afterAll(() => bench?.close());

  it('show who changed what, print the file of a generation, and put it in force again', async () => {
    const shown = await bench.run(['history', name]);
    expect(shown).toMatchObject({ code: 0, stderr: '' });
    expect(shown.stdout).toMatch(/^TIME +ACTION +BY +GENERATION +WHAT\n/);
    expect(shown.stdout).toMatch(new RegExp(`Z +apply +${localUser()} +2 +maxTasks: 1 -> 2\n +tasks: 1 create, 1 change, 0 delete\n`));
    expect((await bench.run(['history', name, '--generation', '1'])).stdout).toMatch(/^maxTasks: 1$/m);

    const back = await bench.run(['rollback', name, '--generation', '1', '--yes']);
    expect(back).toMatchObject({ code: 0, stderr: '', stdout: expect.stringContaining('  maxTasks: 2 -> 1\n') });
    expect((await bench.run(['config', name])).stdout).toMatch(/^maxTasks: 1$/m);
    const changes = JSON.parse((await bench.run(['history', name, '--limit', '1', '--json'])).stdout);
    expect(changes).toMatchObject([{ action: 'rollback', generation: 3, actor: { name: localUser() }, details: { backTo: 1 } }]);
    expect((await bench.run(['rollback', name, '--generation', '3', '--yes'])).stdout).toContain(`${name}: nothing changes`);
  });

  it.each([
    [['history', 'nothing'], 'NOT_FOUND: no connector nothing; '],
    [['history', name, '--generation', '9'], `NOT_FOUND: connector ${name} has no generation 9, or it is older than a year; use one of `],
    [['rollback', name, '--generation', '1'], 'CONFIG_INVALID: rollback asks for confirmation, and there is no terminal; pass --yes'],
    [['rollback', name, '--yes'], "required option '--generation <n>'"],
  ])('say what is wrong: %j', async (args, message) => {
    const { code, stderr } = await bench.run(args);
    expect(stderr).toContain(message);
    expect(code).not.toBe(0);
  });
});
