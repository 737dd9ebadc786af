import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { uniqueName } from '../../support/names.ts';
import { itSideBySide } from '../../support/side-by-side.ts';
import { Workbench } from './workbench.ts';

// Each case starts the command, most of them several times, and other tests share the cores.
const LIMIT_MS = 300_000;
jest.setTimeout(LIMIT_MS);

describe('offsets', () => {
  let bench: Workbench;
  const name = uniqueName('offsets');
  let from: string;
  let to: string;
  beforeAll(async () => {
    bench = await Workbench.open();
    [from, to] = await Promise.all([bench.kafkaTopic(2), bench.rocketmqTopic()]);
    await bench.produce(from, 100, 2);
    const file = await bench.file('offsets.yml', bench.connectorFile({ name, from, to, maxTasks: 2 }));
    expect((await bench.run(['apply', file])).code).toBe(0);
  });
  afterAll(() => bench?.close());

  const copied = async () => {
    const { stdout } = await bench.run(['run', name, '--until-caught-up', '--json']);
    return (JSON.parse(stdout) as Array<{ records: number }>).reduce((sum, { records }) => sum + records, 0);
  };
  const get = async () => JSON.parse((await bench.run(['offsets', 'get', name, '--json'])).stdout);

  it('are shown, set, set back from a file that get has printed, and reset', async () => {
    expect((await get()).offsets).toEqual([
      { partition: `${from}-0`, task: 0 },
      { partition: `${from}-1`, task: 1 },
    ]);
    expect(await copied()).toBe(100);
    const before = await get();
    expect(before.offsets.map(({ position }: { position: string }) => position)).toEqual(['50', '50']);
    const file = await bench.file('before.json', JSON.stringify(before));

    const altered = await bench.run(['offsets', 'alter', name, '--set', `${from}-0=40`, '--yes']);
    expect(altered).toMatchObject({ code: 0, stderr: '' });
    expect(altered.stdout).toMatch(new RegExp(`^PARTITION +BEFORE +AFTER\n${from}-0 +50 +40\n$`));
    expect((await bench.run(['offsets', 'get', name])).stdout).toMatch(new RegExp(`${from}-0 +0 +40\n${from}-1 +1 +50\n$`));
    expect((await bench.run(['offsets', 'get', name, '--lag'])).stdout).toMatch(new RegExp(`${from}-0 +0 +40 +10\n${from}-1 +1 +50 +0\n$`));
    expect(await copied()).toBe(10);

    await bench.run(['offsets', 'alter', name, '--set', `${from}-1=0`, '--yes']);
    expect((await bench.run(['offsets', 'alter', name, '--file', file, '--yes'])).code).toBe(0);
    expect(await get()).toEqual(before);
    expect((await bench.run(['offsets', 'alter', name, '--file', file, '--yes'])).stdout).toBe(
      `${name}: nothing was changed, all partitions are there already\n`,
    );

    const reset = await bench.run(['offsets', 'reset', name, '--all', '--yes', '--json']);
    expect(JSON.parse(reset.stdout)).toMatchObject({
      connector: name,
      altered: [{ partition: `${from}-0`, before: '50' }, { partition: `${from}-1` }],
    });
    expect(await copied()).toBe(100);
  });

  async function isWrong(args: readonly string[], message: string): Promise<void> {
    const { code, stderr } = await bench.run(['offsets', ...args]);
    expect(stderr).toContain(`CONFIG_INVALID: `);
    expect(stderr).toContain(message);
    expect(code).not.toBe(0);
  }

  it.each([
    [['reset', name, '--partition', 'nothing', '--yes'], `connector ${name} has no partition "nothing"; nothing was changed`],
    [['alter', name, '--set', 'nothing=1', '--yes'], 'has no partition "nothing"; nothing was changed'],
  ])('say what is wrong, after a look at the connector: %j', isWrong);

  it('that are none of Kafka are refused', async () => {
    const { stderr } = await bench.run(['offsets', 'alter', name, '--set', `${from}-0=4711@12`, '--yes']);
    expect(stderr).toContain(`${from}-0 can't go on at "4711@12": an offset is a whole number; nothing was changed`);
  });

  const wrong: ReadonlyArray<readonly [readonly string[], string]> = [
    [['alter', name, '--yes'], 'say which positions to set; pass either --set or --file'],
    [['alter', name, '--set', 'x', '--yes'], `--set "x" is no partition with a position; write it as 'flights-0=4711'`],
    [['alter', name, '--set', 'x=1', '--set', 'x=2', '--yes'], '--set names partition x twice; name each once'],
    [['alter', name, '--file', '/nowhere.json', '--yes'], "--file /nowhere.json can't be read as JSON"],
    [['reset', name, '--yes'], 'name the partitions that start over; pass either --partition or --all'],
    [['reset', name, '--all'], 'offsets reset asks for confirmation, and there is no terminal; pass --yes'],
  ];

  itSideBySide((it) => {
    for (const [args, message] of wrong) it(`say what is wrong: ${args.join(' ')}`, () => isWrong(args, message));
  }, LIMIT_MS);
});
