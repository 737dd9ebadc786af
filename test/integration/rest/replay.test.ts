import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { schemas } from '../../../src/rest/answers/schemas.ts';
import { routes } from '../../../src/rest/routes/routes.ts';
import { keysThatDiffer, type Recorded, recording } from '../../support/rest/recording.ts';
import { RestLab, wordsFlat } from '../../support/rest/rest-lab.ts';

/** What we answer otherwise than Kafka Connect, by the numbers of the recording. docs/rest-api.md has the same reasons. */
const DIFFERENCES: ReadonlyArray<{ readonly because: string; readonly answers: Readonly<Record<number, readonly string[]>> }> = [
  {
    because: 'Malformed input is 400',
    answers: {
      14: ['status 400'],
      16: ['status 400'],
      24: ['status 400'],
      25: ['status 400'],
      26: ['status 400'],
      83: ['status 400'],
      84: ['status 400'],
    },
  },
  { because: 'A new connector has its tasks at once', answers: { 17: ['tasks: not empty'], 48: ['tasks: not empty'] } },
  { because: 'There is one logger, `root`', answers: { 91: ['status 404'], 92: ['status 404'] } },
  { because: 'The topics of a connector are those that its configuration names', answers: { 43: ['c1.topics: not empty'] } },
];

const offsets = (word: string, position: string | null) => ({
  offsets: [{ partition: { partition: word }, offset: position === null ? null : { position } }],
});

/** The bodies are our own: the recording has none. */
const BODIES: Readonly<Record<number, unknown>> = {
  12: { 'connector.class': 'words-source', name: 'v' },
  13: wordsFlat({ name: 'v' }),
  14: { name: 'v' },
  15: wordsFlat({ name: 'v' }),
  16: '{',
  17: { name: 'c1', config: wordsFlat() },
  18: { name: 'c1', config: wordsFlat() },
  19: { name: 'c2', config: { 'connector.class': 'words-source' } },
  20: { name: 'c2', config: { 'connector.class': 'nope' } },
  21: { name: 'c2', config: wordsFlat({ name: 'c3' }) },
  22: { config: wordsFlat() },
  23: { name: 'c4', config: wordsFlat(), initial_state: 'STOPPED' },
  24: { name: 'c5', config: wordsFlat(), initial_state: 'ASLEEP' },
  25: { name: 'c5', config: wordsFlat(), extra: 1 },
  26: '{"name":',
  46: wordsFlat(),
  47: wordsFlat({ 'source.mode': 'fast' }),
  48: wordsFlat(),
  49: wordsFlat({ 'tasks.max': 'many' }),
  50: { ...wordsFlat(), 'tasks.max': 1 },
  51: { 'batch.maxRecords': '5', 'tasks.max': null },
  52: {},
  68: offsets('a', '5'),
  77: offsets('a', '5'),
  79: offsets('a', null),
  81: { offsets: [] },
  82: {},
  83: offsets('nope', '5'),
  84: offsets('a', 'far'),
  91: { level: 'DEBUG' },
  92: { level: 'DEBUG' },
  93: { level: 'LOUD' },
  94: {},
};

/** The connector types of the recording, and ours in their place. */
const ours = (path: string): string =>
  path
    .replace('org.apache.kafka.connect.file.FileStreamSourceConnector', 'words-source')
    .replace('FileStreamSource', 'words-source')
    .replace('FileStreamSink', 'kafka-sink');

describe('the recorded sequence of Kafka Connect 4.1.1', () => {
  let lab: RestLab;
  const found = new Map<number, string[]>();
  const unfit: string[] = [];
  beforeAll(async () => {
    lab = await RestLab.open();
    for (const recorded of recording) await replay(recorded);
  }, 120_000);
  afterAll(() => lab?.[Symbol.asyncDispose]());

  async function replay({ n, method, path, status, location, answer, type }: Recorded): Promise<void> {
    const said = await lab.call(method, ours(path), BODIES[n]);
    const differences = [
      ...(said.status === status ? [] : [`status ${said.status}`]),
      ...(said.headers.has('location') === location ? [] : ['location']),
      ...(type === null && said.status < 300 ? (said.text === '' ? [] : ['an answer']) : []),
      ...(said.status === status && said.body !== undefined && !opaque(method, path) ? keysThatDiffer(answer, said.body) : []),
    ];
    if (differences.length > 0) found.set(n, differences);
    const problem = unfitting(method, path, said.status, said.body);
    if (problem !== undefined) unfit.push(`${n} ${method} ${path}: ${problem}`);
  }

  it('is answered with the same status codes and keys, but for what is meant to differ', () => {
    const expected = Object.assign({}, ...DIFFERENCES.map(({ answers }) => answers));
    expect(Object.fromEntries(found)).toEqual(expected);
  });

  it('is answered as the description of the API says', () => {
    expect(unfit).toEqual([]);
  });

  it('has its differences in the docs', async () => {
    const page = await readFile(new URL('../../../docs/rest-api.md', import.meta.url), 'utf8');
    for (const { because } of DIFFERENCES) expect(page).toContain(because);
  });
});

/** Loggers and options have names of their own. */
const opaque = (method: string, path: string): boolean => method === 'GET' && /^\/admin\/loggers$|^\/connectors\/[^/]+\/config$/.test(path);

const table = routes({} as never);

/** Why an answer does not fit the schema of its route; undefined where it does. */
function unfitting(method: string, path: string, status: number, body: unknown): string | undefined {
  if (status >= 400) return schemas.Error.safeParse(body).error?.message;
  const parts =
    path
      .split('?')[0]
      ?.replace(/(.)\/$/, '$1')
      .split('/') ?? [];
  const matching = table.find((each) => {
    const wanted = each.path.split('/');
    return (
      each.method === method &&
      wanted.length === parts.length &&
      wanted.every((part, index) => part.startsWith(':') || part === parts[index])
    );
  });
  if (matching === undefined || !(status in matching.answers)) return `no route says status ${status}`;
  const schema = matching.answers[status];
  if (schema === undefined) return body === undefined ? undefined : 'an answer that should be empty';
  return schemas[schema].safeParse(body).error?.message;
}
