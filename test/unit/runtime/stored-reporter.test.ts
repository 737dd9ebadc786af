import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { StoredReporter } from '../../../src/runtime/source/stored-reporter.ts';

function slowSource() {
  const reported: Array<Record<string, string>> = [];
  const answers: Array<PromiseWithResolvers<readonly string[]>> = [];
  const notices: string[] = [];
  const errors: unknown[] = [];
  const report = (positions: ReadonlyMap<string, string>) => {
    reported.push(Object.fromEntries(positions));
    answers.push(Promise.withResolvers());
    return (answers.at(-1) as PromiseWithResolvers<readonly string[]>).promise;
  };
  const reporter = new StoredReporter({
    report,
    onNotice: (notice) => notices.push(notice),
    onError: (error) => errors.push(error),
  });
  return { reported, answers, notices, errors, reporter };
}

describe('a source that wants to know what is stored', () => {
  it('gets one report at a time, and with the next the latest of what was stored meanwhile', async () => {
    const { reported, answers, reporter } = slowSource();
    reporter.report(new Map([['a', '1']]));
    reporter.report(new Map([['a', '2']]));
    reporter.report(new Map([['b', '7']]));
    reporter.report(new Map([['a', '3']]));
    expect(reported).toEqual([{ a: '1' }]);
    answers[0]?.resolve([]);
    await setImmediate();
    expect(reported).toEqual([{ a: '1' }, { a: '3', b: '7' }]);
    answers[1]?.resolve([]);
    await reporter.settled();
    reporter.report(new Map([['a', '4']]));
    expect(reported.at(-1)).toEqual({ a: '4' });
  });

  it('gets no report where nothing is stored', async () => {
    const { reported, reporter } = slowSource();
    reporter.report(new Map());
    await reporter.settled();
    expect(reported).toEqual([]);
  });

  it('may say what a person should know, and may fail', async () => {
    const { answers, notices, errors, reporter } = slowSource();
    reporter.report(new Map([['a', '1']]));
    reporter.report(new Map([['a', '2']]));
    answers[0]?.reject('defect');
    await setImmediate();
    answers[1]?.resolve(['not committed']);
    await reporter.settled();
    expect([notices, errors]).toEqual([['not committed'], ['defect']]);
  });
});
