import { describe, expect, it } from '@jest/globals';
import { choiceOf, chosenLetters } from '../../../src/cli/shared/chosen-letters.ts';
import type { Output } from '../../../src/cli/terminal/output.ts';
import type { DeadLetter, Planner, PlannerRequest } from '../../../src/runtime/planner-api.ts';

const letter = (place: string, more: Partial<DeadLetter> = {}): DeadLetter => ({
  place,
  at: '2030-01-01T00:00:00.000Z',
  code: 'RECORD_REFUSED',
  reason: 'no',
  bytes: 1,
  state: 'open',
  attempts: 1,
  ...more,
});

const LETTERS = [
  letter('b:0@9'),
  letter('b:0@4', { code: 'NOT_FOUND' }),
  letter('b:0@2', { state: 'redriven' }),
  letter('b:1@7'),
  letter('b:1@8', { state: 'dropped' }),
];

/** Answers a letter at a time. */
function plannerOf(asked: PlannerRequest[]): Planner {
  let next = 0;
  return {
    handle: async (request) => {
      asked.push(request);
      const at = next;
      next += 1;
      const left = LETTERS.length - next;
      const counts = { looked: 1, others: 0, unnamed: 0, missing: 0, gone: 0, left };
      const cursor = { 'dead:b:0': { next, end: 9 } };
      return { ok: true, result: { topic: 'dead', letters: [LETTERS[at]], ...counts, ...(left > 0 && { cursor }) } };
    },
  };
}

const output = { progress: () => {} } as unknown as Output;

describe('which dead letters a command is about', () => {
  it('is said by an option, or by --all', () => {
    const flags = { target: 'local', table: 't', stage: 's' } as const;
    expect(() => choiceOf({ ...flags, topic: 'dead' })).toThrow(
      expect.objectContaining({ code: 'CONFIG_INVALID', remedy: expect.stringContaining('--all') }),
    );
    expect(choiceOf({ ...flags, all: true })).toEqual({});
    expect(choiceOf({ ...flags, code: ['A'], since: 1, until: 2, offset: ['b:0@1'], topic: 'dead' })).toEqual({
      topic: 'dead',
      codes: ['A'],
      since: 1,
      until: 2,
      places: ['b:0@1'],
    });
  });

  it('is found page by page, with the stretch of each queue that they are in', async () => {
    const asked: PlannerRequest[] = [];
    const all = await chosenLetters(plannerOf(asked), 'orders', {}, true, output);
    expect(asked).toHaveLength(LETTERS.length);
    expect(asked[1]).toMatchObject({ action: 'dead-letters', connector: 'orders', cursor: { 'dead:b:0': { next: 1, end: 9 } } });
    expect(all).toMatchObject({ open: 3, settled: 2, cursor: { 'dead:b:0': { next: 4, end: 10 }, 'dead:b:1': { next: 7, end: 8 } } });
    const byCode = await chosenLetters(plannerOf([]), 'orders', { codes: ['NOT_FOUND'] }, true, output);
    expect(byCode).toMatchObject({ open: 1, settled: 0, letters: [{ place: 'b:0@4' }] });
  });

  it('takes a dropped one only where it is named', async () => {
    const named = { places: ['b:1@8'] };
    expect((await chosenLetters(plannerOf([]), 'orders', named, true, output)).open).toBe(4);
    expect((await chosenLetters(plannerOf([]), 'orders', named, false, output)).open).toBe(3);
  });
});
