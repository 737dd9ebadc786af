import { afterAll, beforeAll, describe, expect } from '@jest/globals';
import type { DeadLetter } from '../../../src/runtime/planner-api.ts';
import { uniqueName } from '../../support/names.ts';
import { itSideBySide } from '../../support/side-by-side.ts';
import { Workbench } from './workbench.ts';

/** Of all cases together: each starts the command, most of them several times, and other tests share the cores. */
const LIMIT_MS = 600_000;

describe('dead letters on the command line', () => {
  let bench: Workbench;
  beforeAll(async () => {
    bench = await Workbench.open();
  });
  afterAll(() => bench.close());

  const ok = async (...args: string[]) => {
    const finished = await bench.run(args);
    if (finished.code !== 0) throw new Error(`${args.join(' ')} ended with ${finished.code}: ${finished.stderr}`);
    return finished;
  };
  const json = async (...args: string[]) => JSON.parse((await ok(...args, '--json')).stdout);
  const errorOf = async (...args: string[]) => {
    const { code, stdout } = await bench.run([...args, '--json']);
    expect(code).not.toBe(0);
    return JSON.parse(stdout).error;
  };

  /** A source whose first record is too large for RocketMQ, and a sink of its topic whose target takes small records only. */
  async function refusing() {
    const dead = await bench.rocketmqTopic({ queues: 2 });
    const through = await bench.rocketmqTopic({ queues: 1 });
    const from = await bench.kafkaTopic(1);
    const to = await bench.kafkaTopic(1, [{ name: 'max.message.bytes', value: '2000' }]);
    const values = ['x'.repeat(100_000), 'small', 'y'.repeat(9_000), ...Array.from({ length: 20 }, (_, index) => `${index}`)];
    await bench.kafka.produce(
      from,
      values.map((value) => ({ partition: 0, key: Buffer.from(value.slice(0, 5)), value: Buffer.from(value) })),
    );
    const source = uniqueName('source');
    const sink = uniqueName('sink');
    const rocketmq = { endpoints: bench.addresses.rocketmqNamesrv, topic: through, requestTimeoutMs: 20_000, maxMessageBytes: '64KiB' };
    const errors = { tolerance: 'dead-letter', deadLetterTopic: dead };
    const kafka = { bootstrapServers: bench.addresses.kafka };
    const sourceFile = { name: source, type: 'kafka-source', source: { ...kafka, topics: [from] }, rocketmq, errors };
    const sinkFile = { name: sink, type: 'kafka-sink', sink: { ...kafka, topic: to }, rocketmq, errors };
    await ok('apply', await bench.file(`${source}.yml`, JSON.stringify(sourceFile)), '--run');
    await ok('apply', await bench.file(`${sink}.yml`, JSON.stringify(sinkFile)), '--run');
    return { dead, through, from, to, source, sink, sinkFile };
  }

  let unchanged: ReturnType<typeof refusing> | undefined;
  /** For cases that change nothing. */
  const looked = () => {
    unchanged ??= refusing();
    return unchanged;
  };

  itSideBySide((it) => {
    it('are listed by connector, with place and reason, and shown whole', async () => {
      const { dead, through, from, source, sink } = await looked();
      const ofSource = await json('dlq', 'list', source);
      expect(ofSource).toMatchObject({ connector: source, topic: dead, looked: 2, others: 1, matching: 1, codes: { RECORD_REFUSED: 1 } });
      const [large] = ofSource.letters as [DeadLetter];
      expect(large).toMatchObject({ code: 'RECORD_REFUSED', refusedAt: 'write', topic: through, record: `${from}-0@0`, omitted: 'value' });
      expect(large.place).toMatch(/^broker-a:\d@\d+$/);
      expect(large.reason).toMatch('rocketmq.maxMessageBytes allows 65536');

      const ofSink = await json('dlq', 'list', sink);
      const [letter] = ofSink.letters as [DeadLetter];
      expect(letter).toMatchObject({ topic: through, record: `${through}:broker-a:0@1`, bytes: 9_000 });
      expect(letter.reason).toMatch('larger than the topic takes');
      const shown = await json('dlq', 'show', sink, letter.place);
      expect(shown).toMatchObject({
        ...letter,
        deadLetterTopic: dead,
        message: { key: 'yyyyy', bytes: 9_000, sourceKey: `${source}/${from}-0/2` },
      });
      expect(shown.message.value).toBe('y'.repeat(9_000));
      const text = (await ok('dlq', 'show', sink, letter.place)).stdout;
      for (const part of [letter.reason, letter.place, 'yyyyy', 'y'.repeat(9_000)]) expect(text).toMatch(part);

      const list = await ok('dlq', 'list', sink);
      expect(list.stdout).toMatch(/PLACE +TIME +STATE +ATTEMPTS +CODE +RECORD +REASON/);
      expect(list.stdout).toMatch(/\nRECORD_REFUSED 1\n$/);
      expect(list.stdout).toMatch(letter.place);
      expect(list.stderr).toMatch(`looked at 2 messages of topic ${dead}: 1 are dead letters of other connectors`);
      const peeked = (await ok('peek', dead, '--connector', sink, '--from', 'start')).stdout;
      expect(peeked).toMatch(/ {2}code: RECORD_REFUSED\n {2}reason: .*larger than the topic takes/);
      expect(peeked).toMatch(/ {2}without: value\n/);
    });

    it('are chosen by code, time and number', async () => {
      const { sink } = await looked();
      expect(await json('dlq', 'list', sink, '--code', 'NOT_FOUND,FORBIDDEN')).toMatchObject({
        matching: 0,
        letters: [],
        codes: { RECORD_REFUSED: 1 },
      });
      expect((await json('dlq', 'list', sink, '--code', 'RECORD_REFUSED', '--since', '1h', '--limit', '1')).letters).toHaveLength(1);
      expect(await json('dlq', 'list', sink, '--until', '1h')).toMatchObject({ matching: 0, codes: {} });
      const none = await ok('dlq', 'list', sink, '--until', '1h');
      expect([none.stdout, none.stderr]).toEqual(['', expect.stringMatching(`${sink} has no dead letters there`)]);
    });

    it('are redriven once, dropped, listed as what they are, and had by their topic where the connector names none any more', async () => {
      const { dead, source, sink, sinkFile } = await refusing();
      expect(await errorOf('dlq', 'redrive', sink, '--yes')).toMatchObject({
        code: 'CONFIG_INVALID',
        remedy: expect.stringMatching('--all'),
      });
      expect(await errorOf('dlq', 'redrive', sink, '--all')).toMatchObject({ code: 'CONFIG_INVALID', remedy: 'Pass --yes' });
      const dry = await json('dlq', 'redrive', sink, '--all', '--dry-run');
      expect(dry).toMatchObject({ connector: sink, redriven: 0, open: 1, letters: [{ state: 'open', attempts: 1 }] });
      const [{ place }] = dry.letters;
      const again = await bench.run(['dlq', 'redrive', sink, '--offset', place, '--yes', '--json']);
      expect([again.code, JSON.parse(again.stdout)]).toMatchObject([1, { redriven: 0, failures: [{ place, code: 'RECORD_REFUSED' }] }]);

      const to = await bench.kafkaTopic(1);
      const wider = { ...sinkFile, sink: { ...sinkFile.sink, topic: to } };
      await ok('apply', await bench.file(`${sink}.yml`, JSON.stringify(wider)));
      expect((await ok('dlq', 'redrive', sink, '--all', '--yes')).stdout).toBe(`${sink}: 1 redriven\n`);
      const records = [];
      for await (const chunk of bench.kafka.read(to, 0, 0, 1)) records.push(...chunk);
      expect(records.map(({ key, value }) => [String(key), String(value)])).toEqual([['yyyyy', 'y'.repeat(9_000)]]);
      const none = await ok('dlq', 'redrive', sink, '--all', '--yes');
      expect(none.stderr).toMatch(`1 of them were redriven or dropped before\n${sink} has no dead letters there that are open`);
      expect(await bench.kafka.endOffsets(to)).toEqual([1]);
      expect(await json('dlq', 'list', sink)).toMatchObject({ letters: [{ state: 'redriven' }] });

      const large = await bench.run(['dlq', 'redrive', source, '--since', '1h', '--yes']);
      expect(large).toMatchObject({
        code: 1,
        stdout: `${source}: 0 redriven, 1 can't be redriven\n`,
        stderr: expect.stringMatching('fetch the record at the source'),
      });
      expect((await ok('dlq', 'drop', source, '--code', 'RECORD_REFUSED', '--yes')).stdout).toBe(`${source}: 1 dropped\n`);
      expect(await json('dlq', 'list', source)).toMatchObject({ letters: [{ state: 'dropped' }] });
      expect(await bench.arrived(dead)).toBe(2);

      await ok('apply', await bench.file(`${sink}.yml`, JSON.stringify({ ...sinkFile, errors: {} })));
      expect(await errorOf('dlq', 'list', sink)).toMatchObject({ code: 'WRONG_STATE', remedy: expect.stringMatching('--topic') });
      expect(await json('dlq', 'list', sink, '--topic', dead)).toMatchObject({ matching: 1 });
    });

    it('are refused in words where they can not be had', async () => {
      const { sink } = await looked();
      expect(await errorOf('dlq', 'list', 'nobody')).toMatchObject({ code: 'NOT_FOUND', message: 'no connector nobody' });
      expect(await errorOf('dlq', 'show', sink, 'broker-a')).toMatchObject({
        code: 'CONFIG_INVALID',
        message: expect.stringMatching('^place: '),
      });
      expect(await errorOf('dlq', 'show', sink, 'broker-a:0@99')).toMatchObject({ code: 'NOT_FOUND' });
      expect(await errorOf('dlq', 'show', sink, 'broker-b:0@1')).toMatchObject({ code: 'NOT_FOUND' });
      expect(await errorOf('dlq', 'list', sink, '--topic', 'nothing-there')).toMatchObject({
        code: 'NOT_FOUND',
        message: expect.stringMatching('^topic: '),
      });
      expect(await errorOf('dlq', 'list', sink, '--since', 'end')).toMatchObject({ code: 'CONFIG_INVALID' });
    });
  }, LIMIT_MS);
});
