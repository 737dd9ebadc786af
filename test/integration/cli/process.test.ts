import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, jest } from '@jest/globals';
import { silentLogger } from '../../../src/api/index.ts';
import { openProducer } from '../../../src/rocketmq/open-producer.ts';
import { uniqueName } from '../../support/names.ts';
import { itSideBySide } from '../../support/side-by-side.ts';
import { Workbench } from './workbench.ts';

/** Of all cases together: each starts the command, most of them several times, and other tests share the cores. */
const LIMIT_MS = 600_000;
jest.setTimeout(LIMIT_MS);

const PROJECT = path.resolve(import.meta.dirname, '../../..');

const MISTAKES: ReadonlyArray<readonly [string, readonly string[], RegExp]> = [
  ['an unknown command', ['aply'], /^error: unknown command 'aply'\n\(Did you mean apply\?\)\nsee `rocketmq-connect help`\n$/],
  [
    'an unknown option',
    ['list', '--jsn'],
    /^error: unknown option '--jsn'\n\(Did you mean --json\?\)\nusage: rocketmq-connect list; see .*\n$/,
  ],
  [
    'a missing argument',
    ['apply'],
    /^error: missing required argument 'file'\nusage: rocketmq-connect apply <file\.\.\.>; see `rocketmq-connect apply --help`\n$/,
  ],
  ['a target that is none', ['list', '--target', 'moon'], /^error: option '--target <where>' argument 'moon' is invalid/],
  [
    'a file that is not there',
    ['validate', 'nowhere.yml'],
    /^nowhere\.yml: CONFIG_INVALID: no such file or folder; name a connector file\n$/,
  ],
  [
    'a type that is none',
    ['describe', 'kafka-sorce'],
    /^CONFIG_INVALID: there is no connector type kafka-sorce; did you mean kafka-source\?\n$/,
  ],
];

describe('the command as a process', () => {
  let bench: Workbench;
  beforeAll(async () => {
    bench = await Workbench.open();
  });
  afterAll(() => bench.close());

  /** The words of a command that follows a topic of more than a pipe holds. */
  async function follow(): Promise<readonly string[]> {
    const endpoints = bench.addresses.rocketmqNamesrv;
    const topic = await bench.rocketmqTopic({ queues: 1 });
    const producer = await openProducer({ endpoints, topic, namespace: '', tls: false, requestTimeoutMs: 20_000 }, silentLogger);
    const messages = Array.from({ length: 200 }, () => ({ body: Buffer.alloc(10_000, 'x'), keys: [], properties: new Map() }));
    await producer.send(0, messages, Date.now() + 60_000);
    await producer.close();
    return ['peek', topic, '--endpoints', endpoints, '--from', 'start', '--limit', '1000', '--follow', '--json'];
  }

  itSideBySide((it) => {
    it('is found by npx in a checkout', async () => {
      const { stdout } = await promisify(execFile)('npx', ['rocketmq-connect', '--version'], { cwd: PROJECT });
      expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
    });

    it('shows the help of a command, which ends with an example', async () => {
      const { code, stdout, stderr } = await bench.run(['validate', '--help']);
      expect(stdout).toMatch(/\nExample:\n {2}rocketmq-connect validate .*\n$/);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    });

    for (const [name, args, stderr] of MISTAKES) {
      it(`${name} is a mistake: one remark on standard error, exit code 2`, async () => {
        expect(await bench.run(args)).toEqual({ code: 2, stdout: '', stderr: expect.stringMatching(stderr) });
      });
    }

    it('ends without a word when its reader has gone before the help comes', async () => {
      const child = spawn(process.execPath, [path.join(PROJECT, 'bin/rocketmq-connect.js'), 'list', '--help']);
      child.stdout.destroy();
      const [[code], stderr] = await Promise.all([once(child, 'exit'), text(child.stderr)]);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    });

    it('explains itself, and each command, by help', async () => {
      const [all, one] = await Promise.all([bench.run(['help']), bench.run(['help', 'peek'])]);
      expect(all).toMatchObject({ code: 0, stdout: expect.stringMatching(/\n {2}peek \[options\] \[topic\] /) });
      expect(all.stdout).toMatch(/\n {2}help \[command\] /);
      expect(one).toEqual(await bench.run(['peek', '--help']));
    });

    it('does not mind a reader that has seen enough', async () => {
      const command = path.join(PROJECT, 'bin/rocketmq-connect.js');
      const pipe = `set -o pipefail; "${process.execPath}" "${command}" schema | head -n 1`;
      const { stdout, stderr } = await promisify(execFile)('bash', ['-c', pipe]);
      expect({ stdout, stderr }).toEqual({ stdout: '{\n', stderr: '' });
    });

    it('that follows ends when nobody reads it any more, though nothing more arrives', async () => {
      const command = [process.execPath, path.join(PROJECT, 'bin/rocketmq-connect.js'), ...(await follow())]
        .map((word) => `'${word}'`)
        .join(' ');
      const pipe = `set -o pipefail; ${command} --limit 2 | head -n 1`;
      const { stdout, stderr } = await promisify(execFile)('bash', ['-c', pipe]);
      expect(JSON.parse(stdout)).toMatchObject({ queue: 0, offset: 0 });
      expect(stderr).toBe('');
    });

    it('that follows ends at one SIGTERM, though its reader takes nothing', async () => {
      const child = spawn(process.execPath, [path.join(PROJECT, 'bin/rocketmq-connect.js'), ...(await follow())]);
      const ended = once(child, 'exit');
      // Only a part has come, and nobody takes the rest, so the pipe stays full.
      await once(child.stdout, 'readable');
      child.kill('SIGTERM');
      expect(await ended).toEqual([0, null]);
      child.stdout.destroy();
    });

    it('says what to do where there is no DynamoDB', async () => {
      const env = { AWS_ENDPOINT_URL_DYNAMODB: 'http://127.0.0.1:1' };
      const { code, stderr } = await bench.run(['list'], { env });
      expect(stderr).toMatch(/^UNREACHABLE: DynamoDB table .*127\.0\.0\.1:1; start it with `npm run stack -- start dynamodb`.*\n$/);
      expect(code).toBe(1);
    });

    it('reads standard input', async () => {
      const input = bench.connectorFile({ name: 'piped', from: 'a', to: 'b' });
      expect(await bench.run(['validate', '-'], { input })).toEqual({ code: 0, stdout: '-: connector piped is valid\n', stderr: '' });
    });

    it('ends gently at Ctrl-C: what it sent is durable, and the next run goes on from there', async () => {
      const records = 4_000;
      const [from, to] = await Promise.all([bench.kafkaTopic(1), bench.rocketmqTopic({ queues: 1 })]);
      await bench.produce(from, records, 1);
      const name = uniqueName('interrupted');
      // An invocation copies one record, so that there is time to interrupt it.
      const file = await bench.file(`${name}.yml`, `${bench.connectorFile({ name, from, to })}batch: {maxRecords: 1}\n`);
      await bench.run(['apply', file]);
      const { code, stderr } = await bench.run(['run', name, '--until-caught-up'], {
        during: async (signal) => {
          while ((await bench.arrived(to)) === 0) await sleep(20);
          signal('SIGINT');
        },
      });
      // On a slow machine a progress line may come before it.
      expect(stderr).toMatch(/^stopping: finishing what is in flight; press Ctrl-C again to end at once$/m);
      expect(code).toBe(130);
      const sent = await bench.arrived(to);
      const [
        {
          taskStatus: [task],
        },
      ] = JSON.parse((await bench.run(['status', name, '--json'])).stdout);
      expect(task).toMatchObject({ state: 'IDLE', positions: { [`${from}-0`]: String(sent) } });
      expect(sent).toBeLessThan(records);
      await bench.file(`${name}.yml`, bench.connectorFile({ name, from, to }));
      await bench.run(['apply', file]);
      expect(await bench.run(['run', name, '--until-caught-up'])).toMatchObject({ code: 0 });
      const bodies = (await bench.rocketmq.readTopic(to)).flat().map(({ body }) => Number(body.toString()));
      expect(bodies).toEqual(Array.from({ length: records }, (_, index) => index));
    });

    it('dev runs what is scheduled until Ctrl-C, and takes over what others change', async () => {
      // It works on all connectors of a table, and the other cases have theirs.
      const own = await Workbench.open();
      await using _ = { [Symbol.asyncDispose]: () => own.close() };
      const [from, to] = await Promise.all([own.kafkaTopic(2), own.rocketmqTopic()]);
      await own.produce(from, 10, 2);
      const name = uniqueName('dev');
      const file = await own.file(`${name}.yml`, `${own.connectorFile({ name, from, to })}trigger: {schedule: rate(1 minute)}\n`);
      const { code, stdout, stderr } = await own.run(['dev', file], {
        during: async (signal, said) => {
          while ((await own.arrived(to)) < 10) await sleep(50);
          await own.run(['pause', name]);
          while (!said().includes(`${name}: PAUSED`)) await sleep(50);
          signal('SIGINT');
        },
      });
      expect(stdout).toMatch(
        new RegExp(`^${name}: 2 create.*; schedules: 1 created\n(.*\n)*.*${name} task 0: 5 records in .*, caught-up\n`),
      );
      expect(stderr).toMatch(new RegExp(`${name}: rate\\(1 minute\\), next at .*\n(.*\n)*${name}: PAUSED\n(.*\n)*stopping: .*\n$`));
      expect(code).toBe(0);
    });
  }, LIMIT_MS);
});
