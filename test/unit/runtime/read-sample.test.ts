import { describe, expect, it } from '@jest/globals';
import { ConnectError, type PollLimit, type PollResult, type SourceRecord, type SourceTask } from '../../../src/api/index.ts';
import { readSample, type SampleOptions } from '../../../src/runtime/source/read-sample.ts';
import { connectorSpec } from '../../support/specs.ts';

const record = (partition: string, id: number, refused?: ConnectError): SourceRecord => ({
  partition,
  id: String(id),
  position: String(id + 1),
  key: null,
  value: Buffer.from('v'),
  headers: [],
  ...(refused && { refused }),
});
const notUnderstood = new ConnectError('RECORD_REFUSED', 'an unknown format');
const statement = new ConnectError('WRONG_KIND', 'a statement that may change rows');

/** A source of scripted polls, which notes what it is asked; it never ends where the script does. */
function scripted(polls: readonly PollResult[], calls: Partial<SourceTask> = {}) {
  const asked: string[] = [];
  const rest = [...polls];
  const task: SourceTask = {
    start: async () => void asked.push('start'),
    poll: async ({ maxRecords }: PollLimit) => {
      asked.push(`poll ${maxRecords}`);
      return rest.shift() ?? Promise.reject(new Error('asked for too much'));
    },
    acknowledged: () => void asked.push('acknowledged'),
    leave: (partition) => void asked.push(`leave ${partition}`),
    stop: async () => {},
    ...calls,
  };
  return { task, asked };
}

const options = (of: Partial<SampleOptions> = {}): SampleOptions => ({
  partitions: ['p', 'q'],
  skips: new Set(),
  errors: connectorSpec().errors,
  limit: 10,
  signal: new AbortController().signal,
  ...of,
});

const places = (sample: Awaited<ReturnType<typeof readSample>>) =>
  sample.records.map(({ record: { partition, id }, fate }) => `${partition}@${id}${fate === undefined ? '' : ` ${fate}`}`);

describe('a sample', () => {
  const end = { records: [], caughtUp: true };

  it('holds the first records and no more, and acknowledges none', async () => {
    const polls = [
      { records: [record('p', 1), record('q', 1)], caughtUp: false },
      { records: [record('p', 2), record('p', 3)], caughtUp: false },
    ];
    const { task, asked } = scripted(polls);
    const sample = await readSample(task, options({ limit: 3 }));
    expect(places(sample)).toEqual(['p@1', 'q@1', 'p@2']);
    expect(sample.end).toBe('enough');
    expect(asked).toEqual(['start', 'poll 3', 'poll 1']);
  });

  it.each([
    { refused: notUnderstood, tolerance: 'fail', skip: [], shows: ['p@1 stops', 'q@1'] },
    { refused: notUnderstood, tolerance: 'fail', skip: ['p@1'], shows: ['p@1 passed over', 'p@2', 'q@1'] },
    { refused: notUnderstood, tolerance: 'dead-letter', skip: [], shows: ['p@1 dead letter', 'p@2', 'q@1'] },
    { refused: statement, tolerance: 'dead-letter', skip: [], shows: ['p@1 stops', 'q@1'] },
  ] as const)('shows what becomes of a record with $refused.code, tolerance $tolerance, skip $skip', async (given) => {
    const { task, asked } = scripted([{ records: [record('p', 1, given.refused), record('p', 2), record('q', 1)], caughtUp: false }, end]);
    const errors = { ...connectorSpec().errors, tolerance: given.tolerance };
    expect(places(await readSample(task, options({ errors, skips: new Set(given.skip) })))).toEqual(given.shows);
    expect(asked.includes('leave p')).toBe(given.shows.length === 2);
  });

  it('ends where no partition is left', async () => {
    const gone = new ConnectError('NOT_FOUND', 'queue q is not there');
    const { task } = scripted([{ records: [record('p', 1, notUnderstood)], stopped: new Map([['q', gone]]), caughtUp: false }]);
    const sample = await readSample(task, options());
    expect(sample).toMatchObject({ end: 'stopped', notices: ['partition q can not be read on: NOT_FOUND: queue q is not there'] });
  });

  it('passes on what the source says, and what it waits for', async () => {
    const { task } = scripted([{ records: [], caughtUp: true, notices: ['a table is left out'] }], {
      lag: async () => ({ waitsFor: 'the snapshot of task 1', unknown: 'it does not tell its end' }),
    });
    const { notices, end: ended } = await readSample(task, options());
    expect(ended).toBe('caught-up');
    expect(notices).toEqual(['a table is left out', 'it waits for the snapshot of task 1', 'it does not tell its end']);
  });

  it('ends with what it has when its time is over, and fails as the source does before that', async () => {
    const late = new AbortController();
    const poll = async () => {
      late.abort();
      throw new ConnectError('INTERRUPTED', 'aborted');
    };
    expect(await readSample(scripted([], { poll }).task, options({ signal: late.signal }))).toMatchObject({ end: 'time', records: [] });
    const failing = scripted([], { start: () => Promise.reject(notUnderstood) });
    await expect(readSample(failing.task, options())).rejects.toBe(notUnderstood);
  });
});
