import { afterAll, beforeAll, describe, expect } from '@jest/globals';
import { createTable } from '../../../src/store/dynamodb/create-table.ts';
import { createDynamodbStore } from '../../../src/store/dynamodb/dynamodb-store.ts';
import type { ConnectStore } from '../../../src/store/store.ts';
import { uniqueName } from '../../support/names.ts';
import { itSideBySide } from '../../support/side-by-side.ts';
import { Workbench } from './workbench.ts';

/** Of all cases together: each starts the command, and other tests share the cores. */
const LIMIT_MS = 600_000;

/** What replaces a part of a valid file, and what the command says then. */
const MISTAKES: ReadonlyArray<readonly [string, RegExp, string, string]> = [
  ['an unknown option', /topics:/, 'topcis:', 'FILE:6:3: CONFIG_INVALID: source.topcis: unknown option; did you mean source.topics?\n'],
  [
    'a wrong type',
    /maxTasks: 2/,
    'maxTasks: two',
    'FILE:3:1: CONFIG_INVALID: maxTasks: expected a whole number from 1 to 10,000, given the text "two"; correct it\n',
  ],
  ['a malformed file', /topics: \[/, 'topics: [[', 'FILE:7:1: CONFIG_INVALID: '],
  [
    'a secret in the file',
    /topics:/,
    'sasl: {mechanism: PLAIN, username: me, password: hunter2}\n  topics:',
    'FILE:6:42: CONFIG_INVALID: source.sasl.password: holds a secret itself, which would be stored; write ${env:NAME}, ${secretsmanager:ID#key} or ${ssm:/path} instead\n',
  ],
  [
    'a reference that does not resolve',
    /bootstrapServers: .*/,
    'bootstrapServers: ${env:NOT_SET_ANYWHERE}',
    "FILE:5:3: SECRET_UNRESOLVED: source.bootstrapServers: ${env:NOT_SET_ANYWHERE} can't be resolved: the environment variable is not set; set NOT_SET_ANYWHERE where the connector is planned and run\n",
  ],
  [
    'a reference to something else',
    /bootstrapServers: .*/,
    'bootstrapServers: ${env:PATH}',
    'FILE:5:3: CONFIG_INVALID: source.bootstrapServers: expected a list, or one text separated by commas, of host:port; correct what ${env:PATH} stands for\n',
  ],
];

const FAILURES: ReadonlyArray<readonly [string, RegExp, string, RegExp]> = [
  [
    'an address that nothing listens at',
    /bootstrapServers: .*/,
    'bootstrapServers: 127.0.0.1:1',
    /^FILE:5:3: UNREACHABLE: source\.bootstrapServers: .*127\.0\.0\.1:1 .*; check source\.bootstrapServers.*\n$/,
  ],
  [
    'a name server that nothing listens at',
    /endpoints: .*/,
    'endpoints: 127.0.0.1:1',
    /^FILE:8:3: UNREACHABLE: rocketmq\.endpoints: .*127\.0\.0\.1:1.*; check .*\n$/,
  ],
  [
    'a topic that Kafka does not have',
    /topics: .*/,
    'topics: [nowhere]',
    /^FILE:6:3: NOT_FOUND: source\.topics: topic nowhere does not exist; .*\n$/,
  ],
  [
    'a topic that RocketMQ does not have',
    /topic: .*/,
    'topic: nowhere',
    /^FILE:9:3: NOT_FOUND: rocketmq\.topic: .*nowhere; create it.*\n$/,
  ],
];

describe('bad input', () => {
  let bench: Workbench;
  let from: string;
  let to: string;
  let store: ConnectStore;

  beforeAll(async () => {
    bench = await Workbench.open();
    const { table } = bench;
    const options = { table, endpoint: bench.addresses.dynamodb };
    await createTable(options);
    store = createDynamodbStore(options);
    [from, to] = await Promise.all([bench.kafkaTopic(1), bench.rocketmqTopic()]);
    await bench.produce(from, 10, 1);
  });
  afterAll(async () => {
    store?.close();
    await bench?.close();
  });

  /**
   * Applies a file that is valid except for one thing: it replaces `replace` by `with`. Returns what the command says, with `FILE` for the
   * file.
   */
  async function apply(replace: RegExp, by: string, env: NodeJS.ProcessEnv = {}) {
    const name = uniqueName('bad');
    const content = bench.connectorFile({ name, from, to });
    expect(content).toMatch(replace);
    const file = await bench.file(`${name}.yml`, content.replace(replace, by));
    const { code, stdout, stderr } = await bench.run(['apply', file], { env });
    expect(stdout).toBe('');
    expect(await store.getConnector(name)).toBeUndefined();
    expect(await bench.arrived(to)).toBe(0);
    return { code, stderr: stderr.replaceAll(file, 'FILE') };
  }

  itSideBySide((it) => {
    for (const [name, replace, by, line] of MISTAKES) {
      it(`${name} is a mistake of the user`, async () => {
        const { code, stderr } = await apply(replace, by);
        expect(stderr.slice(0, line.length)).toBe(line);
        expect(code).toBe(2);
      });
    }

    for (const [name, replace, by, line] of FAILURES) {
      it(`${name} is a failure`, async () => {
        const { code, stderr } = await apply(replace, by);
        expect(stderr).toMatch(line);
        expect(code).toBe(1);
      });
    }

    it('a wrong password is refused, and not shown', async () => {
      const sasl = 'sasl: {mechanism: SCRAM-SHA-256, username: connect, password: "${env:WRONG}"}';
      const { code, stderr } = await apply(/bootstrapServers: .*/, `bootstrapServers: ${bench.addresses.kafkaSasl}\n  ${sasl}`, {
        WRONG: 'hunter2',
      });
      expect(stderr).toMatch(/^FILE:\d+:\d+: AUTH_FAILED: source\.[\w.]+: .*; .*source\.sasl.*\n$/);
      expect(stderr).not.toContain('hunter2');
      expect(code).toBe(1);
    });

    it('a topic of another message type is refused', async () => {
      const other = await bench.rocketmqTopic({ messageType: 'TRANSACTION' });
      const { code, stderr } = await apply(/topic: .*/, `topic: ${other}`);
      expect(stderr).toMatch(/^FILE:9:3: WRONG_KIND: rocketmq\.topic: .*; .*\n$/);
      expect(code).toBe(1);
    });

    it('of several files that are wrong, each says so, and none is applied', async () => {
      const [good, bad, worse] = await Promise.all([
        bench.file('good.yml', bench.connectorFile({ name: uniqueName('good'), from, to })),
        bench.file('bad.yml', bench.connectorFile({ name: 'bad', from, to }).replace('topics', 'topcis')),
        bench.file('worse.yml', bench.connectorFile({ name: 'worse', from, to }).replace('maxTasks: 2', 'maxTasks: 0')),
      ]);
      const { code, stdout, stderr } = await bench.run(['apply', good, bad, worse]);
      expect(stderr).toMatch(/bad\.yml:6:3: .*\n(.*\n)*.*worse\.yml:3:1: .*\n$/);
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    });

    for (const command of [['plan'], ['apply'], ['validate', '--reach'], ['dev']]) {
      it(`${command.join(' ')} names a file that is not there before a table that is away`, async () => {
        const env = { AWS_ENDPOINT_URL_DYNAMODB: 'http://127.0.0.1:1' };
        const { code, stderr } = await bench.run([...command, 'nofile.yml'], { env });
        expect(stderr).toMatch(/^nofile\.yml: CONFIG_INVALID: /);
        expect(code).toBe(2);
      });
    }

    it('a message over the limit stops its task at that record, which is not lost', async () => {
      const large = await bench.kafkaTopic(1, [{ name: 'max.message.bytes', value: '8388608' }]);
      const target = await bench.rocketmqTopic();
      const value = (size: number) => ({ partition: 0, key: null, value: Buffer.alloc(size, 'x') });
      await bench.kafka.produce(large, [value(1), value(2)]);
      await bench.kafka.produce(large, [value(5_000_000)]);
      await bench.kafka.produce(large, [value(3)]);
      const name = uniqueName('large');
      const file = await bench.file(`${name}.yml`, bench.connectorFile({ name, from: large, to: target }));
      expect(await bench.run(['apply', file])).toMatchObject({ code: 0 });
      const { code, stderr } = await bench.run(['run', name, '--until-caught-up']);
      const reported = stderr.split('\n').filter((line) => line.startsWith('RECORD_REFUSED'));
      expect(reported).toEqual([
        expect.stringMatching(
          new RegExp(`task 0: .*${large}-0@2.*skip ${name} --at '${large}-0@2'; do that, then run \`rocketmq-connect resume ${name}\`$`),
        ),
      ]);
      expect(code).toBe(1);
      expect(await bench.arrived(target)).toBe(2);
      const [status] = JSON.parse((await bench.run(['status', name, '--json'])).stdout);
      expect(status.taskStatus).toMatchObject([
        { state: 'FAILED', positions: { [`${large}-0`]: '2' }, failure: { code: 'RECORD_REFUSED' } },
      ]);
    });
  }, LIMIT_MS);
});
