import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { StoredTeller } from '../../../src/runtime/source/stored-reporter.ts';

function slowSource() {
  const told: Array<Record<string, string>> = [];
  const answers: Array<PromiseWithResolvers<readonly string[]>> = [];
  const notices: string[] = [];
  const errors: unknown[] = [];
  const call = (positions: ReadonlyMap<string, string>) => {
    told.push(Object.fromEntries(positions));
    answers.push(Promise.withResolvers());
    return (answers.at(-1) as PromiseWithResolvers<readonly string[]>).promise;
  };
  const teller = new StoredTeller(
    call,
    (notice) => notices.push(notice),
    (error) => errors.push(error),
  );
  return { told, answers, notices, errors, teller };
}

describe('a source that hears of what is stored', () => {
  it('is told one thing at a time, and the latest of what was stored meanwhile', async () => {
    const { told, answers, teller } = slowSource();
    teller.tell(new Map([['a', '1']]));
    teller.tell(new Map([['a', '2']]));
    teller.tell(new Map([['b', '7']]));
    teller.tell(new Map([['a', '3']]));
    expect(told).toEqual([{ a: '1' }]);
    answers[0]?.resolve([]);
    await setImmediate();
    expect(told).toEqual([{ a: '1' }, { a: '3', b: '7' }]);
    answers[1]?.resolve([]);
    await teller.settled();
    teller.tell(new Map([['a', '4']]));
    expect(told.at(-1)).toEqual({ a: '4' });
  });

  it('is told nothing where nothing is stored', async () => {
    const { told, teller } = slowSource();
    teller.tell(new Map());
    await teller.settled();
    expect(told).toEqual([]);
  });

  it('may say what a person should know, and may fail', async () => {
    const { answers, notices, errors, teller } = slowSource();
    teller.tell(new Map([['a', '1']]));
    teller.tell(new Map([['a', '2']]));
    answers[0]?.reject('defect');
    await setImmediate();
    answers[1]?.resolve(['not committed']);
    await teller.settled();
    expect([notices, errors]).toEqual([['not committed'], ['defect']]);
  });
});
