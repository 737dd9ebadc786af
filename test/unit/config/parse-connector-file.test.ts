import { describe, expect, it } from '@jest/globals';
import { ConfigError } from '../../../src/config/config-error.ts';
import { parseConnectorFile } from '../../../src/config/parse-connector-file.ts';
import { fruitTypes, validFile } from './fruit-source.ts';

type File = Record<string, unknown>;

/** What is found when `changes` are made to a valid file, a line each. */
async function problems(changes: File, resolve?: <T>(value: T) => Promise<T>): Promise<string[]> {
  const error = await parseConnectorFile({ ...validFile, ...changes }, fruitTypes, resolve).then(
    () => undefined,
    (thrown) => thrown,
  );
  expect(error).toBeInstanceOf(ConfigError);
  return error.findings.map(({ option, message, remedy }: Record<string, string>) => `${option}: ${message}; ${remedy}`);
}
const source = (options: File) => problems({ source: { ...validFile.source, ...options } });

describe('a valid connector file', () => {
  it('is completed by defaults', async () => {
    expect(await parseConnectorFile(validFile, fruitTypes)).toEqual({
      name: 'breakfast',
      type: 'fruit-source',
      direction: 'source',
      maxTasks: 1,
      trigger: { timeZone: 'UTC' },
      system: { servers: 'market:7000', baskets: ['apples'], start: 'first', ripe: false, waitMs: 100 },
      rocketmq: {
        endpoints: '127.0.0.1:9876',
        topic: 'fruit',
        namespace: '',
        tls: false,
        requestTimeoutMs: 3000,
        maxMessageBytes: 4_194_304,
      },
      batch: {
        maxRecords: 1_000_000,
        maxBytes: 1_073_741_824,
        maxDurationMs: 780_000,
        maxInFlightBytes: 16_777_216,
        checkpointIntervalMs: 10_000,
      },
      errors: { tolerance: 'fail', maxFailures: 20, backoffMs: 30_000, maxBackoffMs: 900_000 },
    });
  });

  it('keeps references as they are, and a second pass changes nothing', async () => {
    const file = {
      ...validFile,
      source: { servers: '${env:SERVERS:-market:7000}', baskets: ['${env:BASKET}'], login: { user: 'me', password: '${ssm:/fruit}' } },
      rocketmq: { endpoints: '${env:ENDPOINTS}', topic: 'fruit', accessKey: '${env:KEY}', secretKey: '${secretsmanager:rmq#key}' },
    };
    const { direction: _, system, ...spec } = await parseConnectorFile(file, fruitTypes);
    expect(system).toMatchObject(file.source);
    expect(spec.rocketmq).toMatchObject(file.rocketmq);
    expect(await parseConnectorFile({ ...spec, source: system }, fruitTypes)).toMatchObject({ ...spec, system });
  });
});

describe('what a sink reads', () => {
  const { source: system, ...common } = validFile;
  const load = fruitTypes['fruit-source'] as NonNullable<(typeof fruitTypes)[string]>;
  const sinkTypes = { 'fruit-source': async () => ({ ...(await load()), direction: 'sink' as const }) };
  const rocketmq = (options: File) => ({ ...common, sink: system, rocketmq: { ...validFile.rocketmq, ...options } });

  it.each([{ tags: ['ripe', 'green'] }, { tags: 'ripe,green' }, { tags: '${env:TAGS}' }, { filter: "colour = 'red'" }])(
    'is narrowed by %j',
    async (options) => {
      expect((await parseConnectorFile(rocketmq(options), sinkTypes)).rocketmq).toMatchObject(options);
    },
  );

  it.each([
    [{ tags: [] }, /^rocketmq\.tags: /],
    [{ tags: ['a b'] }, /^rocketmq\.tags/],
    [{ tags: ['a||b'] }, /^rocketmq\.tags/],
    [{ tags: ['a', '*'] }, /^rocketmq\.tags: \* would be a tag of this name; leave rocketmq\.tags out to copy all messages/],
    [{ tags: '*' }, /^rocketmq\.tags: \* would be a tag of this name/],
    [{ tags: ['a'], filter: 'b = 1' }, /^rocketmq\.filter: has no effect while rocketmq\.tags is set; remove one/],
  ])('is refused as %j', async (options, message) => {
    const error = await parseConnectorFile(rocketmq(options), sinkTypes).catch((thrown) => thrown);
    expect(error).toBeInstanceOf(ConfigError);
    const [{ option, message: text, remedy }] = error.findings;
    expect(`${option}: ${text}; ${remedy}`).toMatch(message);
  });

  it('is unknown to a source', async () => {
    expect(await problems({ rocketmq: { ...validFile.rocketmq, tags: ['ripe'] } })).toEqual([
      'rocketmq.tags: unknown option; remove it: only sinks read from RocketMQ',
    ]);
  });

  const { topic: _, ...access } = validFile.rocketmq;
  const selecting = (options: File) => ({ ...common, sink: system, rocketmq: { ...access, ...options } });

  it.each([
    { topic: 'fruit' },
    { topics: ['fruit', '${env:TOPIC}'] },
    { topicsPattern: 'fruit-.*', excludeTopicsPattern: '.*-dlq' },
    { topicsPattern: '${env:PATTERN}' },
  ])('is the topics of %j', async (options) => {
    expect((await parseConnectorFile(selecting(options), sinkTypes)).rocketmq).toMatchObject(options);
  });

  it.each([
    [{}, ['rocketmq.topic: missing; set it to the name of a topic, or set rocketmq.topics or rocketmq.topicsPattern']],
    [{ topic: 'a', topics: ['b'] }, ['rocketmq.topics: given together with rocketmq.topic; remove one of them']],
    [{ topics: ['a'], topicsPattern: 'b' }, ['rocketmq.topicsPattern: given together with rocketmq.topics; remove one of them']],
    [{ topics: ['a'], excludeTopicsPattern: 'b' }, ['rocketmq.excludeTopicsPattern: given without rocketmq.topicsPattern; remove it']],
    [{ topicsPattern: 'a(?!b)' }, [expect.stringMatching(/^rocketmq\.topicsPattern: .*no look-around.*; correct the regular expression$/)]],
    [
      { topic: 'a', followResets: true, reportOffsets: false },
      [
        'rocketmq.followResets: has no effect while rocketmq.reportOffsets is false; set rocketmq.reportOffsets to true, or remove rocketmq.followResets',
      ],
    ],
    [{ topics: ['a b'] }, [expect.stringMatching(/^rocketmq\.topics\[0\]: expected the name of a topic/)]],
    [{ topics: [] }, [expect.stringMatching(/^rocketmq\.topics: /)]],
  ])('is no topic by %j', async (options, lines) => {
    const error = await parseConnectorFile(selecting(options), sinkTypes).catch((thrown) => thrown);
    expect(error).toBeInstanceOf(ConfigError);
    expect(error.findings.map(({ option, message, remedy }: Record<string, string>) => `${option}: ${message}; ${remedy}`)).toEqual(lines);
  });

  it.each(['topics', 'topicsPattern'])('is one topic that a source writes, never %s', async (option) => {
    const value = option === 'topics' ? ['a'] : 'a';
    expect(await problems({ rocketmq: { ...access, [option]: value } })).toContain(
      `rocketmq.${option}: unknown option; name one topic in rocketmq.topic instead: only sinks read several`,
    );
  });
});

describe('rocketmq.endpoints', () => {
  const at = (endpoints: string): File => ({ rocketmq: { endpoints, topic: 'fruit' } });

  it.each(['broker:8081', '127.0.0.1:9876;10.0.0.2:9876', '[::1]:8081', '[2001:db8::7]:8081;[::ffff:10.0.0.1]:8081;proxy:8081'])(
    'takes %s',
    async (endpoints) => {
      expect(await parseConnectorFile({ ...validFile, ...at(endpoints) }, fruitTypes)).toMatchObject({ rocketmq: { endpoints } });
    },
  );

  it.each(['::1:8081', '[::1]', '[::1]8081', '[::1:8081', 'proxy', 'proxy:8081;', '[fe80::1%eth0]:8081'])(
    'refuses %s, and says how it is written',
    async (endpoints) => {
      expect(await problems(at(endpoints))).toEqual([
        expect.stringMatching(/^rocketmq\.endpoints: expected host:port, .* IPv6 .*brackets/),
      ]);
    },
  );
});

describe('an invalid connector file', () => {
  it('gets every problem at once, and an error that speaks for the first', async () => {
    const file = { ...validFile, maxTasks: 0, rocketmq: { endpoints: 'nowhere' } };
    await expect(parseConnectorFile(file, fruitTypes)).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: 'maxTasks: expected a whole number from 1 to 10,000, given the number 0 (and 2 more)',
      remedy: 'correct it',
      findings: [{ option: 'maxTasks' }, { option: 'rocketmq.endpoints' }, { option: 'rocketmq.topic' }],
    });
  });

  it.each<[string, File, string]>([
    ['an unknown option', { nmae: 1 }, 'nmae: unknown option; did you mean name?'],
    [
      'a misspelt option, once',
      { rocketmq: { endpoint: '127.0.0.1:9876', topic: 'fruit' } },
      'rocketmq.endpoint: unknown option; did you mean rocketmq.endpoints?',
    ],
    [
      'an unknown option like no other',
      { zebra: 1 },
      'zebra: unknown option; remove it; known are name, type, maxTasks, trigger, source, rocketmq, batch, errors',
    ],
    ['an unknown type', { type: 'fruit-sorce' }, 'type: unknown connector type "fruit-sorce"; did you mean fruit-source?'],
    ['no type', { type: undefined }, 'type: missing; set it to one of fruit-source'],
    ['the section of the other side', { sink: {} }, 'sink: unknown option; this type is a source: put its options under source'],
    ['a missing section', { rocketmq: undefined }, 'rocketmq: missing; set it to a section with options of its own'],
    [
      'a name that is not one',
      { name: '1st' },
      'name: expected a name: up to 64 letters, digits, _, - and dots, starting with a letter, given the text "1st"; write for example flights',
    ],
    ['a number as text', { maxTasks: '4' }, 'maxTasks: expected a whole number from 1 to 10,000, given the text "4"; remove the quotes'],
    [
      'a size with a unit that is none',
      { batch: { maxBytes: '16M' } },
      'batch.maxBytes: expected a size from 1 B to 1 TiB (16MiB; a number alone is bytes), given the text "16M"; write a number with kB, MB, GB, TB, KiB, MiB, GiB or TiB, such as 16MiB, or a number of bytes alone',
    ],
    [
      'a duration with the unit of a size',
      { batch: { maxDurationMs: '10MiB' } },
      'batch.maxDurationMs: expected a duration from 1 s to 14 min (10m; a number alone is ms), given the text "10MiB"; write a number with ms, s, m, h or d, such as 10m, or in words, such as 10 minutes, or a number of ms alone',
    ],
    [
      'a duration as text without a unit',
      { batch: { maxDurationMs: '60000' } },
      'batch.maxDurationMs: expected a duration from 1 s to 14 min (10m; a number alone is ms), given the text "60000"; remove the quotes',
    ],
    ['a fraction', { maxTasks: 1.5 }, 'maxTasks: expected a whole number from 1 to 10,000, given the number 1.5; correct it'],
    [
      'a reference where none is resolved',
      { name: '${env:NAME}' },
      "name: can't be a reference, expected a name: up to 64 letters, digits, _, - and dots, starting with a letter; write the value itself",
    ],
    [
      'a schedule',
      { trigger: { schedule: 'rate(1 minutes)' } },
      'trigger.schedule: "rate(1 minutes)" has the wrong number; write rate(1 minute)',
    ],
    [
      'a time zone',
      { trigger: { timeZone: 'Mars' } },
      'trigger.timeZone: "Mars" is not a time zone; use a name of the IANA database such as UTC or Europe/Berlin',
    ],
    [
      'a window without a schedule',
      { trigger: { windowMinutes: 5 } },
      'trigger.windowMinutes: counts only with a schedule; set trigger.schedule, or leave it out',
    ],
    [
      'a window that is longer than the time between two starts',
      { trigger: { schedule: 'cron(0,20 * * * ? *)', windowMinutes: 30 } },
      'trigger.windowMinutes: 30 minutes are longer than the 20 between two starts; use 1 to 20, or leave it out',
    ],
    [
      'dead letters without a topic',
      { errors: { tolerance: 'dead-letter' } },
      'errors.deadLetterTopic: missing, but errors.tolerance is dead-letter; name the topic, or set errors.tolerance to fail',
    ],
    [
      'a dead-letter topic without use',
      { errors: { deadLetterTopic: 'dlq' } },
      'errors.deadLetterTopic: has no effect while errors.tolerance is fail; set errors.tolerance to dead-letter or remove it',
    ],
    [
      'keys that a source should park',
      { errors: { tolerance: 'dead-letter', deadLetterTopic: 'dlq', parkKeys: true } },
      'errors.parkKeys: unknown option; remove it; known are tolerance, deadLetterTopic, maxFailures, backoffMs, maxBackoffMs',
    ],
    [
      'pauses that contradict each other',
      { errors: { backoffMs: 60_000, maxBackoffMs: 1000 } },
      'errors.maxBackoffMs: is 1000, less than errors.backoffMs (60000); raise it or lower errors.backoffMs',
    ],
    [
      'half a pair of keys',
      { rocketmq: { ...validFile.rocketmq, accessKey: 'me' } },
      'rocketmq.secretKey: missing, but rocketmq.accessKey is set; set both or remove rocketmq.accessKey',
    ],
  ])('%s', async (_, changes, line) => {
    expect(await problems(changes)).toEqual([line]);
  });

  it.each<[string, File, string]>([
    ['an unknown option', { bakset: 1 }, 'source.bakset: unknown option; did you mean source.baskets?'],
    [
      'text for a list',
      { baskets: 'apples' },
      'source.baskets: expected a list of text of 1 to 20 characters, given the text "apples"; write [apples]',
    ],
    [
      'nothing',
      { baskets: null },
      'source.baskets: expected a list of text of 1 to 20 characters, given nothing; write for example ["apples"]',
    ],
    [
      'a number in a list of text',
      { baskets: ['a', 5] },
      'source.baskets[1]: expected text of 1 to 20 characters, given the number 5; put it in quotes',
    ],
    ['a choice', { start: 'frist' }, 'source.start: expected one of first, last, given the text "frist"; did you mean first?'],
    ['a flag as text', { ripe: 'true' }, 'source.ripe: expected true or false, given the text "true"; remove the quotes'],
    [
      'a value out of bounds',
      { waitMs: 9000 },
      'source.waitMs: expected a duration from 1 ms to 5 s (10m; a number alone is ms), given the number 9000; correct it',
    ],
    [
      'a reference for a flag',
      { ripe: '${env:RIPE}' },
      "source.ripe: can't be a reference, expected true or false; write the value itself",
    ],
    ['one address of several', { servers: ['a:1', 'b'] }, 'source.servers[1]: expected host:port, given the text "b"; correct it'],
    [
      'addresses in one text',
      { servers: 'a:1, b' },
      'source.servers: expected a list, or one text separated by commas, of host:port, given the text "a:1, b"; correct it',
    ],
    ['a value by name', { weights: { pear: 'heavy' } }, 'source.weights.pear: expected a whole number, given the text "heavy"; correct it'],
    [
      'a malformed reference',
      { baskets: ['${evn:BASKET}'] },
      'source.baskets[0]: holds a ${ that begins no reference; write ${env:NAME}, ${secretsmanager:ID#key} or ${ssm:/path}, or $${ where ${ is meant',
    ],
    [
      'a secret in the file',
      { login: { user: 'me', password: 'hunter2' } },
      'source.login.password: holds a secret itself, which would be stored; write ${env:NAME}, ${secretsmanager:ID#key} or ${ssm:/path} instead',
    ],
    [
      'a secret of another type',
      { login: { user: 'me', password: 12345 } },
      'source.login.password: expected a secret of 1 to 1,024 characters; correct it',
    ],
    [
      'a default for a secret',
      { login: { user: 'me', password: '${env:P:-hunter2}' } },
      'source.login.password: gives a default for a secret, which would be stored; remove the default',
    ],
  ])('in the section of its system: %s', async (_, options, line) => {
    expect(await source(options)).toEqual([line]);
  });

  it.each([[[]], ['text'], [null]])('that is no section at all: %j', async (file) => {
    await expect(parseConnectorFile(file, fruitTypes)).rejects.toMatchObject({
      message: 'a connector file is a section with name, type, source or sink, and rocketmq',
      remedy: 'see examples/kafka-to-rocketmq.yml',
    });
  });

  it('is found out behind a reference, without showing what it stands for', async () => {
    const resolve = async <T>(value: T): Promise<T> => JSON.parse(JSON.stringify(value).replace('${env:SERVERS}', 'hunter2'));
    expect(await problems({ source: { ...validFile.source, servers: ['${env:SERVERS}'] } }, resolve)).toEqual([
      'source.servers[0]: expected host:port; correct what ${env:SERVERS} stands for',
    ]);
  });
});
